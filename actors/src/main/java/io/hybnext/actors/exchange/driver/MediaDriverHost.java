package io.hybnext.actors.exchange.driver;

import io.aeron.CncFileDescriptor;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.exceptions.ActiveDriverException;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.SocketBuffers;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a media driver in this process, in a folder of its own, which must not hold a running one
 * and is deleted at the end. Tests use it directly; a run has it in a process of its own ({@link
 * MediaDriverProcess}).
 */
public final class MediaDriverHost implements AutoCloseable {
  /** The line that {@link #serve} prints when members may connect. */
  public static final String READY = "media driver ready";

  /** What a parent writes before it ends a driver on purpose. */
  static final int END = 'e';

  private static final Logger LOG = LoggerFactory.getLogger(MediaDriverHost.class);

  private static final int COUNTER_BYTES = 1 << 20; // 8,192 counters; the default takes 40 MiB
  private static final long TIMER_NS = 10_000_000; // what ended is seen and told at this interval
  private static final long CLIENT_SILENCE_NS = 3_000_000_000L; // a client beats every 100 ms

  /** A driver says something every 200 ms; one that computes beside others may be late. */
  private static final long HOST_SILENCE_NS = 5_000_000_000L;

  private static final long LOOK_NS = 20_000_000;
  private static final long LINGER_NS = 1_000_000_000L; // for datagrams that have to be sent again

  private final MediaDriver driver;
  private final ClientWatch clients;

  private MediaDriverHost(MediaDriver driver) {
    this.driver = driver;
    clients = new ClientWatch(Path.of(driver.aeronDirectoryName()));
  }

  /**
   * Starts the driver; when it returns, members may connect.
   *
   * @param directory folder of the driver alone, best in shared memory ({@code /dev/shm})
   * @throws ExchangeException when another driver runs there, or the folder cannot be made
   */
  public static MediaDriverHost launch(Path directory) {
    return launch(directory, Loss.NONE);
  }

  /** As {@link #launch(Path)}, with some of the data that comes in lost on purpose. */
  public static MediaDriverHost launch(Path directory, Loss loss) {
    try {
      return new MediaDriverHost(launchIn(directory, loss));
    } catch (ActiveDriverException running) {
      throw new ExchangeException(
          directory + ": a media driver runs there already; end it or choose another folder",
          running);
    } catch (RuntimeException failed) {
      throw new ExchangeException(
          directory + ": the media driver cannot start there: " + failed.getMessage(), failed);
    }
  }

  private static MediaDriver launchIn(Path directory, Loss loss) {
    AbandonedFolders.deleteIn(directory.toAbsolutePath().getParent());
    try {
      return MediaDriver.launch(context(directory, loss));
    } catch (ActiveDriverException running) {
      if (running(directory).isPresent()) {
        throw running;
      }
      return MediaDriver.launch(context(directory, loss).dirDeleteOnStart(true));
    }
  }

  /**
   * The process of the driver that runs in a folder; empty when none does. A driver that was killed
   * looks active for ten seconds; its process tells.
   */
  static Optional<ProcessHandle> running(Path directory) {
    Path control = directory.resolve(CncFileDescriptor.CNC_FILE);
    if (!Files.exists(control)) {
      return Optional.empty();
    }
    MappedByteBuffer file = IoUtil.mapExistingFile(control.toFile(), "control file");
    try {
      long pid = CncFileDescriptor.pid(CncFileDescriptor.createMetaDataBuffer(file));
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    } finally {
      BufferUtil.free(file);
    }
  }

  /** Three threads, asleep when nothing moves: trainers want the processors. */
  private static MediaDriver.Context context(Path directory, Loss loss) {
    int receiveBytes = SocketBuffers.receiveBytes();
    MediaDriver.Context context = new MediaDriver.Context();
    if (loss.share() > 0) {
      context.receiveChannelEndpointSupplier(loss.endpoints());
    }
    return context
        .aeronDirectoryName(directory.toString())
        .dirDeleteOnStart(false) // true would also delete that of a driver that runs
        .dirDeleteOnShutdown(true)
        .warnIfDirectoryExists(false)
        .threadingMode(ThreadingMode.DEDICATED)
        .conductorIdleStrategy(new BackoffIdleStrategy(20, 20, 1_000, 1_000_000))
        .senderIdleStrategy(betweenBursts())
        .receiverIdleStrategy(betweenBursts())
        .counterValuesBufferLength(COUNTER_BYTES)
        .termBufferSparseFile(true) // touching every page takes most of the time of opening a way
        .timerIntervalNs(TIMER_NS)
        .clientLivenessTimeoutNs(CLIENT_SILENCE_NS)
        .imageLivenessTimeoutNs(HOST_SILENCE_NS)
        .publicationConnectionTimeoutNs(HOST_SILENCE_NS)
        .flowControlReceiverTimeoutNs(HOST_SILENCE_NS)
        .publicationLingerTimeoutNs(LINGER_NS)
        .socketRcvbufLength(receiveBytes)
        .socketSndbufLength(SocketBuffers.sendBytes())
        .initialWindowLength(receiveBytes)
        .errorHandler(error -> LOG.warn("media driver: {}", error.toString()));
  }

  /**
   * Gives way a good fifth of a millisecond before it sleeps: within an all-reduce the next
   * datagram is that near, and waking up costs more.
   */
  private static IdleStrategy betweenBursts() {
    return new BackoffIdleStrategy(20, 500, 1_000, 1_000_000);
  }

  /**
   * Runs a driver until the parent process ends it: prints {@link #READY} to {@code out}, then
   * waits for the end of {@code parent}. When that comes without {@link #END} before it, the parent
   * was killed: the driver then stays for the members that use it, until the last one is gone.
   *
   * @param parent standard input, a pipe that the parent holds open
   */
  public static void serve(Path directory, InputStream parent, PrintStream out) throws IOException {
    try (MediaDriverHost host = launch(directory)) {
      Thread hook = new Thread(host::close, "media-driver-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      out.println(READY);
      out.flush();
      int last = 0;
      for (int read = parent.read(); read >= 0; read = parent.read()) {
        last = read;
      }
      if (last != END) {
        host.awaitMembersGone();
      }
    }
  }

  /** Takes two more looks at least: the first may have begun before a member came. */
  private void awaitMembersGone() {
    long least = clients.looks() + 2;
    while (clients.looks() < least || clients.living() > 0) {
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  /** {@link #serve} in the folder given as the only argument; exit code 1 with one sentence. */
  public static void main(String[] arguments) throws IOException {
    try {
      serve(Path.of(arguments[0]), System.in, System.out);
    } catch (ExchangeException failed) {
      System.err.println(failed.getMessage());
      System.exit(1);
    }
  }

  /** Stops the driver and deletes its folder. */
  @Override
  public void close() {
    clients.close();
    driver.close();
  }
}
