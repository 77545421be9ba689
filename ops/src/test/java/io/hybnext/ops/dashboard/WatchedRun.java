package io.hybnext.ops.dashboard;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import io.hybnext.model.image.PngFile;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/** A run's folder as a coordinator would write it, made by a test step by step. */
final class WatchedRun implements AutoCloseable {
  private final RunFolder folder;
  private final RunJournal journal;
  private long step;

  WatchedRun(Path root) throws IOException {
    folder = new RunFolder(root);
    journal = RunJournal.open(folder.journal(), Clock.systemUTC(), 1);
  }

  RunFolder folder() {
    return folder;
  }

  WatchedRun tell(ProgressEvent event) throws IOException {
    journal.append(event);
    return this;
  }

  /** Two trainers in a generation. */
  WatchedRun begin() throws IOException {
    for (int i = 0; i < 2; i++) {
      String place = "127.0.0.1, process " + (100 + i);
      tell(new ProgressEvent.TrainerChanged("trainer-" + i, TrainerState.JOINED, place));
    }
    return tell(
        new ProgressEvent.GenerationFormed(
            1, List.of("trainer-0", "trainer-1"), List.of(2, 2), ""));
  }

  WatchedRun steps(int count) throws IOException {
    for (int i = 0; i < count; i++, step++) {
      StepReport report =
          new StepReport(
              step,
              6.9 - 0.01 * step,
              1.0 / (1 + step),
              0,
              1024,
              2.5,
              true,
              1e-3,
              400_000_000,
              90_000_000,
              10_000_000,
              500_000_000,
              0,
              List.of());
      tell(new ProgressEvent.StepCommitted(report, 100, 2048, 0.5, 10, List.of()));
    }
    return this;
  }

  WatchedRun checkpoint(long at) throws IOException {
    Path checkpoint = folder.checkpoints().resolve(CheckpointFolder.name(at));
    Files.createDirectories(checkpoint);
    return tell(new ProgressEvent.CheckpointSaved(at, checkpoint.toString(), 37_000_000, null));
  }

  WatchedRun unwell(String actor, HealthState state, String sentence, String action)
      throws IOException {
    return tell(
        new ProgressEvent.Health(
            actor, state, "slow-member", sentence, action, "2026-11-22T09:00:00Z"));
  }

  WatchedRun picture(String name, int grey) throws IOException {
    byte[] pixels = new byte[64 * 64];
    Arrays.fill(pixels, (byte) grey);
    Path pictures = Files.createDirectories(folder.root().resolve("pictures"));
    PngFile.write(pictures.resolve(name), pixels, 64, 64, 1);
    return this;
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
