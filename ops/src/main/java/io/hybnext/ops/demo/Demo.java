package io.hybnext.ops.demo;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.dashboard.RunDashboard;
import io.hybnext.ops.demo.Exhibition.Exhibit;
import io.hybnext.ops.evaluation.HeldOutSet;
import io.hybnext.ops.evaluation.Painter;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.intake.IntakeSource;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.run.LiveRun;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.TrainJob;
import io.hybnext.ops.tensorboard.TensorBoardLog;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ingest, train, measure, draw, report: the whole of Hybnext once. */
public final class Demo {
  private static final int DRAWN_TO_MEASURE = 2;

  private final HybnextSettings settings;
  private final RunFolder folder;
  private final Progress progress;
  private final StopRequest stop;
  private final Instant started;
  private final TimePlan time;

  /**
   * Prepares the demo.
   *
   * @param settings effective ones; {@code run.folder} gets everything
   * @param stop ends training after a checkpoint; the same command goes on later
   * @param limit time that it may take in all, counted from {@code started}; null for all steps
   * @param started when the process began
   */
  public Demo(
      HybnextSettings settings,
      Progress progress,
      StopRequest stop,
      Duration limit,
      Instant started) {
    this.progress = progress;
    this.stop = stop;
    this.started = started;
    double limitSeconds = limit == null ? Double.POSITIVE_INFINITY : limit.toMillis() / 1000.0;
    long startNs = System.nanoTime() - Duration.between(started, Instant.now()).toNanos();
    long every = settings.training().checkpointEvery();
    time = new TimePlan(limitSeconds, System::nanoTime, startNs, every);
    this.settings = settings;
    folder = new RunFolder(settings.run().folder());
  }

  /**
   * Runs it.
   *
   * @return what the last JSON line tells
   * @throws CommandFailure with a sentence when something needed fails
   */
  public Map<String, Object> run() throws IOException, InterruptedException, CheckpointException {
    Files.createDirectories(folder.root());
    Files.writeString(folder.root().resolve("run.conf"), settings.toHocon());
    TorchEngine engine = TrainJob.engine();
    LiveRun live = new LiveRun();
    try (RunDashboard page = RunDashboard.open(settings, live, progress);
        Networks networks = Networks.open(engine, settings.data())) {
      time.loaded();
      ReportData.Ingestion ingestion = ingest(networks);
      if (stop.asked()) {
        return stopped(0, "");
      }
      DemoTraining training = new DemoTraining(settings, networks, time, progress, live);
      try (Exhibition exhibition = exhibition(engine, networks, training)) {
        return trainAndShow(engine, ingestion, training, exhibition);
      }
    }
  }

  private ReportData.Ingestion ingest(Networks networks) throws InterruptedException {
    try (StreamSystem streams = new StreamSystem("hybnext-intake")) {
      IngestService service = new IngestService(settings, streams.system(), networks, progress);
      return service.summary(service.run(stop.whenAsked()));
    }
  }

  private Exhibition exhibition(TorchEngine engine, Networks networks, DemoTraining training)
      throws IOException {
    HeldOutSet heldOut =
        HeldOutSet.read(
            settings.data(),
            IntakeSource.ofFiles(settings),
            training.snapshot(),
            settings.evaluation().images(),
            networks.tokenizer().codes().channels());
    return new Exhibition(
        settings,
        engine,
        training.config(),
        networks.tokenizer(),
        time.isLimited() ? inTime(heldOut, engine, networks, training.config()) : heldOut,
        folder.root());
  }

  /** As much of the set as there is time to measure networks on. */
  private HeldOutSet inTime(
      HeldOutSet all, TorchEngine engine, Networks networks, TrainingConfig config) {
    Painter painter =
        new Painter(networks.tokenizer(), settings.sampling(), settings.training().seed());
    HeldOutSet few = all.first(settings.sampling().batch());
    double seconds = 0;
    try (CheckpointModel model = CheckpointModel.untrained(engine, config)) {
      for (int i = 0; i < DRAWN_TO_MEASURE; i++) {
        double before = time.elapsedSeconds();
        painter.draw(model, few.captions(), 0);
        seconds = time.elapsedSeconds() - before; // the last counts: the others warm up
      }
    }
    int images = time.imagesThatFit(all.images().size(), seconds / few.images().size());
    if (images < all.images().size()) {
      progress.note("networks are measured on " + images + " held-out images, to be done in time");
    }
    return all.first(images);
  }

  private Map<String, Object> trainAndShow(
      TorchEngine engine,
      ReportData.Ingestion ingestion,
      DemoTraining training,
      Exhibition exhibition)
      throws IOException, InterruptedException, CheckpointException {
    show(exhibition, Exhibit.untrained(), 1);
    RunReport report = training.train(stop);
    List<Path> checkpoints = folder.publishedCheckpoints();
    if (!stop.asked()) {
      showCheckpoints(exhibition, checkpoints);
    }
    if (stop.asked()) {
      return stopped(report.step(), report.checkpoint());
    }
    Exhibition.Shown shown = exhibition.shown();
    TensorBoardLog.write(
        folder.root(), Clock.systemUTC(), shown.captions(), shown.samples(), shown.evaluations());
    Path page =
        new DemoReport(settings, folder.root(), started)
            .write(engine, ingestion, training.record(), checkpoints, shown);
    return DemoResult.of(
        report, training.record().curve(), settings.trainers().count(), shown, started, page);
  }

  /** The last one and the first one in any case, others while there is time. */
  private void showCheckpoints(Exhibition exhibition, List<Path> checkpoints)
      throws IOException, CheckpointException {
    List<Exhibit> exhibits = new ArrayList<>();
    for (Path checkpoint : checkpoints) {
      exhibits.add(new Exhibit(CheckpointFolder.readManifest(checkpoint).step(), checkpoint));
    }
    int shown = 0;
    for (Exhibit exhibit : Exhibition.pick(exhibits, TimePlan.MOST_SHOWN)) {
      if (stop.asked() || !time.hasTimeToShow(shown)) {
        return;
      }
      shown++;
      show(exhibition, exhibit, shown + 1);
    }
  }

  private void show(Exhibition exhibition, Exhibit exhibit, int number) throws IOException {
    double before = time.elapsedSeconds();
    exhibition.show(exhibit);
    double seconds = time.elapsedSeconds() - before;
    time.shown(seconds);
    progress.tell(
        new ProgressEvent.Stage(
            "evaluate", number, TimePlan.MOST_SHOWN + 1, 1 / seconds, "networks"));
  }

  private static Map<String, Object> stopped(long steps, String checkpoint) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("stopped", true);
    values.put("steps", steps);
    values.put("checkpoint", checkpoint);
    return values;
  }
}
