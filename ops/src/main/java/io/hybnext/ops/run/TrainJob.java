package io.hybnext.ops.run;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.ContinualIntake;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.store.StoreInUseException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What {@code train} does: make sure that the data is in the store, then run to the last step. */
public final class TrainJob {
  private final HybnextSettings settings;
  private final Progress progress;
  private final LiveRun live;

  /** A job for these settings. */
  public TrainJob(HybnextSettings settings, Progress progress) {
    this(settings, progress, new LiveRun());
  }

  /** The same; {@code live} has the run while it goes on. */
  public TrainJob(HybnextSettings settings, Progress progress, LiveRun live) {
    this.live = live;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * What came out.
   *
   * @param ingest of this start; empty when the run's data was in the store already
   * @param run how it ended; empty when it was stopped before training began
   */
  public record Outcome(Optional<IngestReport> ingest, Optional<RunReport> run) {}

  /**
   * Ingests what is not stored yet and trains.
   *
   * @param networks the tokenizer and the encoder of the settings; stay the caller's
   * @param listener hears the run's events, on one thread
   * @param stop when it completes, the job ends cleanly and can be gone on with
   */
  public Outcome run(
      Networks networks, Consumer<ProgressEvent> listener, CompletionStage<Void> stop)
      throws InterruptedException {
    checkCodes(networks);
    TrainService service = new TrainService(settings, listener, live);
    Optional<IngestReport> ingest = Optional.empty();
    Optional<SnapshotId> data = service.snapshot();
    if (data.isEmpty()) {
      ingest = ingest(networks, stop);
      if (ingest.isPresent() && ingest.get().cancelled()) {
        return new Outcome(ingest, Optional.empty());
      }
      data = Optional.of(snapshot(networks));
    }
    TrainingData trained = TrainingData.of(data.get(), networks);
    ContinualIntake intake = ContinualIntake.start(settings, networks, progress);
    try {
      return new Outcome(ingest, Optional.of(service.run(trained, Home.current().commit(), stop)));
    } finally {
      intake.close();
    }
  }

  private void checkCodes(Networks networks) {
    int given = networks.tokenizer().codes().codes();
    int wanted = settings.model().codes();
    if (given != wanted) {
      throw new SettingsException(
          "model.codes",
          "model.codes = "
              + wanted
              + ": the tokenizer "
              + settings.data().tokenizer()
              + " gives "
              + given
              + " for a position; want "
              + given
              + (given > 1 ? " and model.network = kelix" : ""));
    }
  }

  /** Once through the source; an ingestion of its own that writes the store is left to do it. */
  private Optional<IngestReport> ingest(Networks networks, CompletionStage<Void> stop)
      throws InterruptedException {
    HybnextSettings once = settings.with(Map.of("intake.watch", "false"));
    try (StreamSystem streams = new StreamSystem("hybnext-intake")) {
      return Optional.of(new IngestService(once, streams.system(), networks, progress).run(stop));
    } catch (StoreInUseException other) {
      progress.note("another ingestion writes the store: training begins with what it holds");
      return Optional.empty();
    }
  }

  private SnapshotId snapshot(Networks networks) {
    DataSnapshot snapshot =
        IngestService.snapshot(settings.data(), networks, settings.data().trainSplits());
    progress.note("training on " + snapshot.size() + " images");
    return snapshot.id();
  }

  /** libtorch for the networks of this process, with as many threads as it may use. */
  public static TorchEngine engine() {
    return TorchEngine.start(ComputeDevice.CPU, Runtime.getRuntime().availableProcessors());
  }

  /** Runs the job with networks of its own. */
  public Outcome run(CompletionStage<Void> stop) throws IOException, InterruptedException {
    try (Networks networks = Networks.open(engine(), settings.data())) {
      return run(networks, new RunProgress(progress), stop);
    }
  }
}
