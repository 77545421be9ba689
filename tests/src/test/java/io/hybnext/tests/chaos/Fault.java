package io.hybnext.tests.chaos;

import java.time.Duration;

/** Something that happens to a run. */
public sealed interface Fault {

  /** What it is called in the report. */
  String name();

  /** How long it lasts; zero for what happens at once. */
  Duration lasts();

  /** A fault without an end. */
  enum Sudden implements Fault {
    /** SIGKILL to a trainer; another is started. */
    KILL,
    /** One more trainer. */
    JOIN,
    /** SIGTERM to a trainer. */
    LEAVE,
    /** SIGKILL to the process that leads the run; another stands by. */
    KILL_COORDINATOR;

    @Override
    public Duration lasts() {
      return Duration.ZERO;
    }
  }

  /**
   * A process is held still: SIGSTOP, later SIGCONT.
   *
   * @param coordinator the one that leads the run; otherwise a trainer
   */
  record Pause(boolean coordinator, Duration lasts) implements Fault {
    @Override
    public String name() {
      return coordinator ? "PAUSE_COORDINATOR" : "PAUSE";
    }
  }

  /**
   * Packets of a trainer are lost in one direction.
   *
   * @param outgoing those that it sends
   */
  record Cut(boolean outgoing, Duration lasts) implements Fault {
    @Override
    public String name() {
      return outgoing ? "CUT_FROM" : "CUT_TO";
    }
  }

  /** Datagrams of the exchange are lost, in bursts. */
  record Loss(Duration lasts) implements Fault {
    @Override
    public String name() {
      return "LOSS";
    }
  }

  /** The disk of the run's folder is full. */
  record DiskFull(Duration lasts) implements Fault {
    @Override
    public String name() {
      return "DISK_FULL";
    }
  }
}
