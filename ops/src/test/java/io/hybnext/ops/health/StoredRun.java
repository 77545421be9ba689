package io.hybnext.ops.health;

import io.hybnext.actors.health.Activity;
import io.hybnext.actors.health.ActorReport;
import io.hybnext.actors.health.RunBoard;
import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.StatusFile;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.run.MemberHealth;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The folder of a run of two trainers that did a few steps, as tests need it. */
final class StoredRun {
  static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

  private static final List<ActorReport> ACTORS =
      List.of(new ActorReport("gate", "measures step-00000010", 2_500, 3));

  final RunFolder folder;
  private final RunBoard board = new RunBoard(START, 10);
  private final RunJournal journal;

  StoredRun(Path root) throws IOException {
    folder = new RunFolder(root);
    new RunFile("0123456789", "{}", new SnapshotId("t", "e", List.of("train"), 1, 9, "f"), 16, 4, 8)
        .write(folder);
    journal = RunJournal.open(folder.journal(), Clock.fixed(START, ZoneOffset.UTC), 1);
  }

  /** Trainers come and do twelve steps. */
  StoredRun train() throws IOException {
    tell(new ProgressEvent.TrainerChanged("trainer-0", TrainerState.JOINED, "here, process 11"));
    tell(new ProgressEvent.TrainerChanged("trainer-1", TrainerState.JOINED, "here, process 12"));
    tell(
        new ProgressEvent.GenerationFormed(
            1, List.of("trainer-0", "trainer-1"), List.of(3, 1), "all are here"));
    for (long step = 0; step < 12; step++) {
      StepReport report =
          new StepReport(step, 6.5, 0.25, 0, 512, 1.5, true, 1e-3, 1, 1, 1, 1, 0, List.of());
      tell(
          new ProgressEvent.StepCommitted(
              report,
              640,
              2000,
              0.25,
              157,
              List.of(
                  new MemberHealth("trainer-0", 0, 5, 180, 60, 0.5, false),
                  new MemberHealth("trainer-1", 1, 5, 170, 70, 0.5, true))));
    }
    tell(new ProgressEvent.CheckpointSaved(10, "/run/checkpoints/step-00000010", 3 << 20, 12.5));
    board.beat("trainer-0", vitals(List.of("trainer-1")), 0);
    board.beat("trainer-1", vitals(List.of()), 0);
    return this;
  }

  private static Vitals vitals(List<String> waitsFor) {
    return new Vitals(
        waitsFor.isEmpty() ? Activity.Doing.COMPUTING : Activity.Doing.EXCHANGING,
        40,
        waitsFor,
        12,
        12,
        36,
        2160,
        6,
        720,
        -1,
        new Vitals.Processor(2_000, 160),
        new Vitals.Memory(512 << 20, 50 << 20, 512 << 20, 8L << 30, 16L << 30),
        Vitals.Device.NONE);
  }

  static ProgressEvent.Health finding(HealthState state) {
    return new ProgressEvent.Health(
        "trainer-1",
        state,
        "slow-member",
        "trainer-1 takes 3.0 times as long for a microshard as the others.",
        "See what else runs on its machine.",
        START.toString());
  }

  void tell(ProgressEvent event) throws IOException {
    journal.append(event);
    board.on(event, START, 0);
  }

  /** What the leading process tells at a moment. */
  RunSnapshot note(Instant now, ProgressEvent.Health... findings) throws IOException {
    RunSnapshot snapshot = board.snapshot(now, 1_000_000_000L, ACTORS, List.of(findings));
    StatusFile.write(folder.root(), snapshot);
    return snapshot;
  }
}
