package io.hybnext.actors.exchange;

import io.aeron.Aeron;
import io.aeron.CncFileDescriptor;
import io.aeron.exceptions.AeronException;
import io.hybnext.actors.exchange.driver.ClientName;
import io.hybnext.actors.membership.Generation;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.CloseHelper;

/**
 * A process's connection to the media driver of its host. It stays from generation to generation,
 * so that a new one only opens its ways; a connection that broke is made anew. Not for several
 * threads at a time.
 */
public final class AeronClient implements AutoCloseable {
  private static final long MEMORY_KEPT_NS = 200_000_000; // after its way was closed
  private static final long BEAT_NS = 100_000_000;

  private final String directory;
  private final boolean once;
  private Connection connection;
  private int openings;

  /** A connection and how it fares. */
  static final class Connection {
    private final String directory;
    private final ConductorPace pace = new ConductorPace();
    private final boolean once;
    private volatile Throwable failure;
    private Aeron aeron;

    private Connection(String directory, boolean once) {
      this.directory = directory;
      this.once = once;
    }

    Aeron aeron() {
      return aeron;
    }

    /** Folder of the driver. */
    String directory() {
      return directory;
    }

    /** Says whether somebody waits for the driver, which is then heard sooner. */
    void waitedFor(boolean now) {
      pace.waitedFor(now);
    }

    /** Says that the links over it were closed. */
    void release() {
      if (once) {
        CloseHelper.quietClose(aeron);
      }
    }

    private void onError(Throwable error) {
      boolean warning =
          error instanceof AeronException told && told.category() == AeronException.Category.WARN;
      if (!warning) {
        failure = error;
      }
    }

    private boolean isBroken() {
      return aeron.isClosed() || failure != null;
    }

    /**
     * Does nothing while the driver answers.
     *
     * @throws ExchangeException when it is gone
     */
    void check() {
      if (isBroken()) {
        throw new ExchangeException(
            "the media driver in "
                + directory
                + " is gone or failed"
                + (failure == null ? "" : ": " + failure.getMessage()),
            failure);
      }
    }
  }

  /** Uses the media driver that each generation names. */
  public AeronClient() {
    this("");
  }

  /**
   * Uses the media driver of this process's host.
   *
   * @param directory its folder; empty for the one that a generation names
   */
  public AeronClient(String directory) {
    this(directory, false);
  }

  private AeronClient(String directory, boolean once) {
    this.directory = directory;
    this.once = once;
  }

  /** For one generation: its connections end with the links that use them. */
  static AeronClient once() {
    return new AeronClient("", true);
  }

  /**
   * Opens this process's ways to the other members, without waiting for them.
   *
   * @param trainer a member of the generation
   * @return {@link PeerLinks#NONE} for a member that is alone; the caller closes them
   * @throws ExchangeException when no media driver answers or shared memory is too small
   */
  PeerLinks open(Generation generation, String trainer, ExchangeSettings settings) {
    if (generation.worldSize() == 1) {
      return PeerLinks.NONE;
    }
    Hosts hosts = Hosts.of(generation, trainer);
    Seals seals = Seals.of(generation, hosts, settings.encryption(), ++openings);
    String folder = directory.isEmpty() ? generation.aeronDirectory() : directory;
    return new AeronLinks(
        Place.of(generation, trainer), hosts, connection(folder), settings, seals);
  }

  private Connection connection(String folder) {
    if (connection != null && (connection.isBroken() || !connection.directory.equals(folder))) {
      close();
    }
    if (connection == null) {
      connection = connect(folder, once);
    }
    return connection;
  }

  private static Connection connect(String folder, boolean once) {
    if (!Files.exists(Path.of(folder, CncFileDescriptor.CNC_FILE))) {
      throw noDriver(folder, null); // at once, instead of after the client's own ten seconds
    }
    Connection made = new Connection(folder, once);
    try {
      made.aeron =
          Aeron.connect(
              new Aeron.Context()
                  .aeronDirectoryName(folder)
                  .idleStrategy(made.pace)
                  .keepAliveIntervalNs(BEAT_NS)
                  .resourceLingerDurationNs(MEMORY_KEPT_NS)
                  .errorHandler(made::onError));
      made.aeron.asyncAddCounter(ClientName.COUNTER_TYPE, ClientName.ofThisProcess());
      return made;
    } catch (RuntimeException missing) {
      throw noDriver(folder, missing);
    }
  }

  private static ExchangeException noDriver(String folder, Throwable cause) {
    return new ExchangeException(
        "no media driver answers in " + folder + ": start one there, or wait until it is ready",
        cause);
  }

  /** Ends the connection; what its links sent is still delivered. */
  @Override
  public void close() {
    if (connection != null) {
      CloseHelper.quietClose(connection.aeron);
      connection = null;
    }
  }
}
