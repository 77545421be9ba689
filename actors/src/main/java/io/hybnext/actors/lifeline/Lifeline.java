package io.hybnext.actors.lifeline;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process's own end: a thread that does nothing but say, forty times a second, that the process
 * lives. It connects again when the connection ends. When the process is stopped or collects
 * garbage, so is this thread, and that is the point of it.
 */
public final class Lifeline implements AutoCloseable {
  /** Time between two beats. */
  static final long BEAT_NS = TimeUnit.MILLISECONDS.toNanos(25);

  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int CONNECT_MS = 1_000;

  private final LifelineAddress address;
  private final String process;
  private final long incarnation;
  private volatile boolean closed;

  private Lifeline(LifelineAddress address, String process, long incarnation) {
    this.address = address;
    this.process = process;
    this.incarnation = incarnation;
  }

  /**
   * Begins to beat; returns at once.
   *
   * @param process name of this process
   * @param incarnation tells it from others of this name
   */
  public static Lifeline start(LifelineAddress address, String process, long incarnation) {
    Lifeline started = new Lifeline(address, process, incarnation);
    Thread thread = new Thread(started::run, "lifeline");
    thread.setDaemon(true);
    thread.start();
    return started;
  }

  /** Where it beats to. */
  public LifelineAddress address() {
    return address;
  }

  private void run() {
    while (!closed) {
      try (Socket socket = new Socket()) {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MS);
        beat(socket.getOutputStream());
      } catch (IOException e) {
        LockSupport.parkNanos(RETRY_NS);
      }
    }
  }

  private void beat(OutputStream out) throws IOException {
    out.write(LifelineServer.hello(address, process, incarnation));
    while (!closed) {
      out.write(1);
      LockSupport.parkNanos(BEAT_NS);
    }
  }

  /** Ends it within a beat. */
  @Override
  public void close() {
    closed = true;
  }
}
