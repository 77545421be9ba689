package io.hybnext.actors.health;

import io.hybnext.actors.health.VirtualRun.Member;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.TrainerState;

/** Kinds of trouble that are put into a {@link VirtualRun}, and what should be said of each. */
enum InjectedFault {
  DEAD(Cause.MEMBER_DEAD, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      lose(run, m, "process 4711 ended with code 137");
    }

    @Override
    void end(VirtualRun run, Member m) {
      rejoin(run, m);
    }
  },
  SILENT(Cause.MEMBER_SILENT, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      m.silent = true;
      change(run, m, TrainerState.PAUSED, m.name + " was not heard of for 260 ms");
      run.form(m.name + " is silent");
    }

    @Override
    void end(VirtualRun run, Member m) {
      m.silent = false;
      change(run, m, TrainerState.RESUMED, "");
      run.form(m.name + " is back");
    }
  },
  SLOW(Cause.SLOW_MEMBER, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      m.slower = 2.6 + 2.4 * run.chance.nextDouble();
    }

    @Override
    void end(VirtualRun run, Member m) {
      m.slower = 1;
    }
  },
  NOT_FINITE(Cause.NOT_FINITE, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      run.notFinite(m);
    }

    @Override
    void end(VirtualRun run, Member m) {}
  },
  STARVED(Cause.STARVED, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      if (run.chance.nextBoolean()) {
        m.getsNoData = true;
        run.interrupt(m);
      } else {
        m.dataWaitMs = run.stepMs;
      }
    }

    @Override
    void end(VirtualRun run, Member m) {
      m.getsNoData = false;
      m.dataWaitMs = 0.4;
      run.resume();
    }
  },
  STALL(Cause.STALL, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      m.hangs = true;
      run.interrupt(m);
    }

    @Override
    void end(VirtualRun run, Member m) {
      m.hangs = false;
      run.resume();
    }
  },
  DISK_FULL(Cause.DISK_FULL, DiskProbe.ACTOR) {
    @Override
    void begin(VirtualRun run, Member m) {
      run.freeBytes = run.chance.nextInt(600 << 20);
      if (run.chance.nextBoolean()) {
        run.tell(
            new ProgressEvent.CheckpointFailed(9, m.name + ": /run/c: No space left on device"));
      }
    }

    @Override
    void end(VirtualRun run, Member m) {
      run.freeBytes = 50L << 30;
      run.tell(new ProgressEvent.CheckpointSaved(9, "/run/c", 1 << 30, null));
    }
  },
  DATABASE(Cause.DATABASE_LOST, "database") {
    @Override
    void begin(VirtualRun run, Member m) {
      run.databaseAnswers = false;
    }

    @Override
    void end(VirtualRun run, Member m) {
      run.databaseAnswers = true;
    }
  },
  DEVICE(Cause.DEVICE_FAILING, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      if (run.chance.nextBoolean()) {
        m.deviceTrouble = "2 uncorrectable ECC errors";
      } else {
        lose(run, m, m.name + " failed: CUDA error: an illegal memory access was encountered");
      }
    }

    @Override
    void end(VirtualRun run, Member m) {
      m.deviceTrouble = "";
      if (!m.there) {
        rejoin(run, m);
      }
    }
  },
  MEMORY(Cause.MEMORY_PRESSURE, null) {
    @Override
    void begin(VirtualRun run, Member m) {
      run.members.forEach(other -> other.hostAvailable = 1L << 30);
      m.resident = 40L << 30;
    }

    @Override
    void end(VirtualRun run, Member m) {
      run.members.forEach(other -> other.hostAvailable = 40L << 30);
      m.resident = 3L << 30;
    }
  },
  DRIVER(Cause.DRIVER_LOST, MemberJudge.DRIVER) {
    @Override
    void begin(VirtualRun run, Member m) {
      String how = "the media driver (process 99) was killed by signal 9";
      run.tell(new ProgressEvent.GenerationBroken(1, how));
      run.tell(new ProgressEvent.DriverStarted(100, how));
      run.form(how);
    }

    @Override
    void end(VirtualRun run, Member m) {}
  },
  CHECKPOINT(Cause.CHECKPOINT_LATE, CheckpointJudge.ACTOR) {
    @Override
    void begin(VirtualRun run, Member m) {
      run.tell(new ProgressEvent.CheckpointFailed(9, m.name + ": /run/c: Input/output error"));
      run.checkpointsAreWritten = false;
    }

    @Override
    void end(VirtualRun run, Member m) {
      run.checkpointsAreWritten = true;
      run.tell(new ProgressEvent.CheckpointSaved(9, "/run/c", 1 << 30, null));
    }
  };

  /** What should be said. */
  final Cause cause;

  private final String actor; // null for the member

  InjectedFault(Cause cause, String actor) {
    this.cause = cause;
    this.actor = actor;
  }

  /** Of whom it should be said. */
  String actor(Member m) {
    return actor == null ? m.name : actor;
  }

  abstract void begin(VirtualRun run, Member m);

  abstract void end(VirtualRun run, Member m);

  private static void change(VirtualRun run, Member m, TrainerState state, String detail) {
    run.tell(new ProgressEvent.TrainerChanged(m.name, state, detail));
  }

  private static void lose(VirtualRun run, Member m, String how) {
    m.there = false;
    change(run, m, TrainerState.LOST, how);
    run.form(m.name + " is lost");
  }

  private static void rejoin(VirtualRun run, Member m) {
    m.there = true;
    change(run, m, TrainerState.JOINED, "here, process 4712");
    run.form(m.name + " joined");
  }
}
