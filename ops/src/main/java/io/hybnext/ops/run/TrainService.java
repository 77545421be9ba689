package io.hybnext.ops.run;

import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.Logs;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Starts or resumes the run of a folder on this machine and waits for its end. */
public final class TrainService {
  private final HybnextSettings settings;
  private final RunFolder folder;
  private final Consumer<ProgressEvent> listener;
  private final LiveRun live;
  private boolean joinable;

  /**
   * Prepares a run; nothing starts yet.
   *
   * @param settings effective ones
   * @param listener hears everything in order, on one thread
   */
  public TrainService(HybnextSettings settings, Consumer<ProgressEvent> listener) {
    this(settings, listener, new LiveRun());
  }

  /** The same; {@code live} has the run while it goes on. */
  public TrainService(HybnextSettings settings, Consumer<ProgressEvent> listener, LiveRun live) {
    this.live = live;
    this.settings = settings;
    this.folder = new RunFolder(settings.run().folder());
    this.listener = listener;
  }

  /** The run's folder. */
  public RunFolder folder() {
    return folder;
  }

  /** The data that the folder's run trains on; empty for a new run. */
  public Optional<SnapshotId> snapshot() {
    return Files.exists(folder.runFile())
        ? Optional.of(RunFile.read(folder).snapshot())
        : Optional.empty();
  }

  /**
   * Trains to the last step.
   *
   * @param data what is trained on and its sizes; for a folder that is a run already, the data of
   *     that run
   * @param codeVersion commit or release, shown in checkpoints
   * @param stop when it completes, the run ends after a checkpoint
   * @throws CommandFailure with a sentence when the run cannot start or go on
   */
  public RunReport run(TrainingData data, String codeVersion, CompletionStage<Void> stop)
      throws InterruptedException {
    RunFile file = file(data);
    Logs.field("run", file.run());
    TrainingRunSettings run = new RunDescription(folder, file, settings).settings(codeVersion);
    Path aeron = LocalRun.aeronFolder(file.run());
    List<String> trainer = List.of("trainer", "--run", folder.root().toString());
    try (LeaderDuties duties = new LeaderDuties(folder, settings, file.snapshot())) {
      RunReport report =
          new LocalRun(resources(), trainer, aeron, folder.logs())
              .run(
                  run,
                  () -> write(file),
                  duties.andThen(listener),
                  running -> onStart(running, duties, stop));
      if (report.outcome() == RunReport.Outcome.COMPLETED) {
        duties.finish(listener);
      }
      return report;
    } finally {
      live.ended();
      if (joinable) { // or the note is that of the process that leads the run
        folder.noteCoordinator("");
      }
    }
  }

  private LocalRun.Resources resources() {
    return new LocalRun.Resources(
        settings.trainers().count(),
        settings.trainers().threads(),
        Math.toIntExact(settings.trainers().heapBytes() >> 20));
  }

  private void onStart(TrainingRun running, LeaderDuties duties, CompletionStage<Void> stop) {
    duties.begin(running);
    joinable = true;
    live.began(running);
    folder.noteCoordinator(running.endpoint().toString());
    stop.thenRun(() -> running.requestStop("asked to stop"));
  }

  /** Keeps identifier and data of a folder that is a run already. */
  private RunFile file(TrainingData data) {
    RunFile before = Files.exists(folder.runFile()) ? RunFile.read(folder) : null;
    RunFile file =
        new RunFile(
            before == null ? UUID.randomUUID().toString() : before.run(),
            settings.toJson(),
            before == null ? data.snapshot() : before.snapshot(),
            data.codebookSize(),
            data.tokensPerImage(),
            data.featureDim());
    try {
      if (before != null && !folder.publishedCheckpoints().isEmpty()) {
        FixedSettings.check(before, file, folder.root());
      }
      return file;
    } catch (IOException e) {
      throw new CommandFailure(
          "the run's folder " + folder.root() + " cannot be read: " + FileFailure.explain(e), e);
    }
  }

  private void write(RunFile file) {
    try {
      file.write(folder);
    } catch (IOException e) {
      throw new CommandFailure(
          "the run's folder " + folder.root() + " cannot be written: " + FileFailure.explain(e), e);
    }
  }
}
