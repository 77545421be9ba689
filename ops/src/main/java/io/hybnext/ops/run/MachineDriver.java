package io.hybnext.ops.run;

import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.launch.MediaDriverKeeper;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.Sha256;
import java.nio.file.Path;

/**
 * By which media driver a trainer process exchanges gradients. Trainers on the machine that starts
 * a run use the run's driver; a trainer on another machine has a driver of its own, which ends with
 * it.
 */
final class MachineDriver implements AutoCloseable {
  private static final int PORT = 24_500; // of the machine that starts a run
  private static final int MEMBERS = 2; // it is started when there is somebody to exchange with

  private final String endpoint;
  private final Path folder; // null for the run's driver
  private final MediaDriverKeeper keeper;

  private MachineDriver(String endpoint, Path folder) {
    this.endpoint = endpoint;
    this.folder = folder;
    keeper = folder == null ? null : LocalRun.driverKeeper(folder);
  }

  /** For a process on the machine that starts the run. */
  static MachineDriver ofRun(HybnextSettings settings) {
    int port = settings.exchange().port() == 0 ? PORT : settings.exchange().port();
    boolean alone = settings.isOneMachine();
    return new MachineDriver(alone ? "" : settings.exchangeHost() + ":" + port, null);
  }

  /**
   * For a process that joins a run.
   *
   * @param run identifier of the run
   * @param started settings of the machine that started it
   * @param joining settings of this machine
   */
  static MachineDriver joining(String run, HybnextSettings started, HybnextSettings joining) {
    if (joining.cluster().host().equals(started.cluster().host())) {
      return ofRun(started);
    }
    String host = joining.exchangeHost();
    int given = joining.exchange().port();
    String endpoint = host + ":" + (given == 0 ? RunDescription.freePort(host) : given);
    String name = new Sha256().add(run + endpoint).hex().substring(0, 8);
    return new MachineDriver(endpoint, SharedMemory.folder().resolve("hybnext-" + name));
  }

  /** Where this machine takes datagrams, {@code HOST:PORT}; empty in a run of one machine. */
  String endpoint() {
    return endpoint;
  }

  /** Folder of the driver; empty for the one that each generation names. */
  String folder() {
    return folder == null ? "" : folder.toString();
  }

  /** Makes the driver ready for a generation, again when it ended. */
  void prepare() {
    if (keeper != null) {
      keeper.prepare(MEMBERS, reason -> {}); // links that end tell it
    }
  }

  @Override
  public void close() {
    if (keeper != null) {
      keeper.close();
    }
  }
}
