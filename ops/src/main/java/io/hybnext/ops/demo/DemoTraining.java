package io.hybnext.ops.demo;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.CheckpointSaved;
import io.hybnext.actors.run.ProgressEvent.StepCommitted;
import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.run.LiveRun;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.RunProgress;
import io.hybnext.ops.run.RunRecorder;
import io.hybnext.ops.run.TrainService;
import io.hybnext.ops.run.TrainingData;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The training of a demo: as many steps as the settings want, or as the time allows. */
final class DemoTraining implements Consumer<ProgressEvent> {
  private static final int STEPS_UNTIL_STEADY = 10; // the first ones warm the kernels up

  private final HybnextSettings settings;
  private final TimePlan time;
  private final Progress progress;
  private final RunRecorder record;
  private final LiveRun live;
  private final TrainingData data;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private int seen;

  /**
   * Prepares training on what the store holds.
   *
   * @param networks tokenizer and encoder; stay the caller's
   * @param live gets the run while it goes on
   * @throws IOException when the journal of an earlier start cannot be read
   */
  DemoTraining(
      HybnextSettings settings, Networks networks, TimePlan time, Progress progress, LiveRun live)
      throws IOException {
    this.live = live;
    this.settings = settings;
    this.time = time;
    this.progress = progress;
    RunFolder folder = new RunFolder(settings.run().folder());
    record = new RunRecorder(folder.journal(), new RunProgress(progress));
    SnapshotId snapshot =
        new TrainService(settings, this).snapshot().orElseGet(() -> stored(networks));
    data = TrainingData.of(snapshot, networks);
  }

  private SnapshotId stored(Networks networks) {
    return IngestService.snapshot(settings.data(), networks, settings.data().trainSplits()).id();
  }

  /** The data that it trains on. */
  SnapshotId snapshot() {
    return data.snapshot();
  }

  /** What its maths is. */
  TrainingConfig config() {
    return data.config(settings);
  }

  /** Curve and processes. */
  RunRecorder record() {
    return record;
  }

  /**
   * Trains to the last step, to the end of the time for it, or until asked to stop.
   *
   * @throws CommandFailure when it cannot go on
   */
  RunReport train(StopRequest stop) throws InterruptedException {
    stop.whenAsked().thenRun(() -> end.complete(null));
    String every = Long.toString(time.beginTraining());
    TrainService service =
        new TrainService(settings.with(Map.of("training.checkpoint-every", every)), this, live);
    RunReport report = service.run(data, Home.current().commit(), end);
    if (report.outcome() == RunReport.Outcome.FAILED) {
      throw new CommandFailure(RunProgress.sentence(report));
    }
    return report;
  }

  @Override
  public void accept(ProgressEvent event) {
    record.accept(event);
    if (event instanceof StepCommitted committed) {
      onStep(committed.report().step() + 1, committed.secondsPerStep(), committed.steps());
    } else if (event instanceof CheckpointSaved saved) {
      time.saved(saved.step());
    }
  }

  private void onStep(long step, double secondsPerStep, long steps) {
    time.stepped(step);
    seen++;
    if (seen == STEPS_UNTIL_STEADY) {
      tellPlan(step, secondsPerStep, steps);
    }
    if (seen >= STEPS_UNTIL_STEADY && step < steps && time.isTrainingOver(step, secondsPerStep)) {
      end.complete(null);
    }
  }

  private void tellPlan(long step, double secondsPerStep, long steps) {
    OptionalLong fitting = time.stepsThatFit(step, secondsPerStep);
    if (fitting.isPresent() && fitting.getAsLong() < steps) {
      progress.note(
          String.format(
              Locale.ROOT,
              "a step takes %.2f s here, so about %d of %d steps fit the time",
              secondsPerStep,
              fitting.getAsLong(),
              steps));
    }
    double late = time.secondsTooLate(step, secondsPerStep);
    if (late > 1) {
      progress.note(
          String.format(
              Locale.ROOT,
              "--minutes is too little for this machine: the fewest steps and pictures that tell"
                  + " anything take about %.0f s more",
              late));
    }
  }
}
