package io.hybnext.actors.lifeline;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
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
  private static final int TELL_EVERY = 10;
  private static final int CONNECT_MS = 1_000;

  private final LifelineAddress address;
  private final String process;
  private final long incarnation;
  private final Runnable onRefused;
  private volatile boolean closed;

  private Lifeline(LifelineAddress address, String process, long incarnation, Runnable onRefused) {
    this.address = address;
    this.process = process;
    this.incarnation = incarnation;
    this.onRefused = onRefused;
  }

  /**
   * Begins to beat; returns at once.
   *
   * @param process name of this process
   * @param incarnation tells it from others of this name
   * @param onRefused told, about once a second, while the other end's host says that nobody listens
   *     there: that process is gone
   */
  public static Lifeline start(
      LifelineAddress address, String process, long incarnation, Runnable onRefused) {
    Lifeline started = new Lifeline(address, process, incarnation, onRefused);
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
    int refused = 0;
    while (!closed) {
      try (Socket socket = new Socket()) {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MS);
        refused = 0;
        beat(socket.getOutputStream());
      } catch (ConnectException e) {
        boolean nobody = String.valueOf(e.getMessage()).contains("refused");
        if (nobody && refused++ % TELL_EVERY == 0) {
          onRefused.run();
        }
        LockSupport.parkNanos(RETRY_NS);
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
