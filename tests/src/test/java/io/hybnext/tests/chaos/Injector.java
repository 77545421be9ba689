package io.hybnext.tests.chaos;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.Jvm;
import io.hybnext.tests.fleet.PrivateNetwork;
import io.hybnext.tests.fleet.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Does to a fleet what a schedule says, and afterwards sees that the fleet is complete again. */
final class Injector {
  private static final int DATAGRAM_PORT = 24_500;
  private static final long BURST_MS = 40;
  private static final long STANDBY_MS = 8_000;

  private final Fleet fleet;
  private final Path disk;
  private final Optional<PrivateNetwork> network;
  private final int target;
  private final Diary diary;

  /**
   * Creates it.
   *
   * @param disk folder that is filled
   * @param target number of trainers that are to be there, those of the leader not counted
   */
  Injector(Fleet fleet, Path disk, Optional<PrivateNetwork> network, int target, Diary diary) {
    this.fleet = fleet;
    this.disk = disk;
    this.network = network;
    this.target = target;
    this.diary = diary;
  }

  /**
   * Does it, and returns when it is over.
   *
   * @return false when there is nobody that it could happen to
   */
  boolean inject(Schedule.Entry entry) throws IOException, InterruptedException {
    Fault fault = entry.fault();
    if (fault == Fault.Sudden.JOIN) {
      diary.show(fault.name() + " " + fleet.join());
      return true;
    }
    if (fault instanceof Fault.DiskFull) {
      fillDisk(fault);
      return true;
    }
    if (fault instanceof Fault.Loss) {
      loseDatagrams(fault);
      return true;
    }
    Optional<Jvm> victim = victim(entry);
    if (victim.isPresent()) {
      diary.show(fault.name() + " " + victim.get() + " " + fault.lasts().toMillis() + " ms");
      strike(fault, victim.get());
    } else {
      diary.show(fault.name() + ": there is nobody that it could happen to");
    }
    return victim.isPresent();
  }

  private Optional<Jvm> victim(Schedule.Entry entry) {
    boolean coordinator =
        entry.fault() == Fault.Sudden.KILL_COORDINATOR
            || (entry.fault() instanceof Fault.Pause pause && pause.coordinator());
    if (coordinator) {
      return fleet.hasStandby(STANDBY_MS) ? fleet.leader() : Optional.empty();
    }
    List<Jvm> trainers = fleet.trainers();
    // Somebody else has to hold the state.
    return trainers.isEmpty() || fleet.members() < 2
        ? Optional.empty()
        : Optional.of(trainers.get(entry.pick() % trainers.size()));
  }

  private void strike(Fault fault, Jvm victim) throws IOException, InterruptedException {
    if (fault == Fault.Sudden.KILL || fault == Fault.Sudden.KILL_COORDINATOR) {
      victim.kill();
    } else if (fault == Fault.Sudden.LEAVE) {
      victim.terminate();
    } else if (fault instanceof Fault.Pause) {
      victim.stop();
      last(fault);
      victim.goOn();
    } else if (fault instanceof Fault.Cut cut) {
      network.orElseThrow().cut(victim, cut.outgoing());
      last(fault);
      network.orElseThrow().heal();
    }
  }

  private static void last(Fault fault) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(fault.lasts().toMillis());
  }

  private void fillDisk(Fault fault) throws IOException, InterruptedException {
    diary.show(fault.name() + " " + fault.lasts().toMillis() + " ms");
    Path ballast = Sandbox.fill(disk);
    last(fault);
    Files.delete(ballast);
  }

  private void loseDatagrams(Fault fault) throws IOException, InterruptedException {
    diary.show(fault.name() + " " + fault.lasts().toMillis() + " ms");
    for (long leftMs = fault.lasts().toMillis(); leftMs > 0; leftMs -= 4 * BURST_MS) {
      network.orElseThrow().dropDatagrams(DATAGRAM_PORT);
      TimeUnit.MILLISECONDS.sleep(BURST_MS);
      network.orElseThrow().heal();
      TimeUnit.MILLISECONDS.sleep(3 * BURST_MS);
    }
  }

  /** Replaces who is gone. A coordinator is only replaced when another has taken over. */
  void complete() throws IOException {
    while (fleet.trainers().size() < target) {
      fleet.join();
    }
    if (!fleet.hasStandby() && fleet.leader().isPresent()) {
      fleet.standBy();
    }
  }
}
