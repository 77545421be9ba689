package io.hybnext.ops.demo;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.evaluation.HeldOutSet;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.RunProgress;
import io.hybnext.ops.run.RunRecorder;
import io.hybnext.ops.run.TrainJob;
import io.hybnext.ops.run.TrainService;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ingest, train, measure, draw, report: the whole of Hybnext once. */
public final class Demo {
  /** Share of the time given that training leaves for measuring and drawing. */
  private static final double SHARE_AFTER_TRAINING = 0.25;

  private static final int MOST_EXHIBITS = 4;

  private final HybnextSettings settings;
  private final RunFolder folder;
  private final Progress progress;
  private final StopRequest stop;
  private final Instant started = Instant.now();

  /**
   * Prepares the demo.
   *
   * @param settings effective ones; {@code run.folder} gets everything
   * @param stop ends training after a checkpoint; the same command goes on later
   */
  public Demo(HybnextSettings settings, Progress progress, StopRequest stop) {
    this.settings = settings;
    this.folder = new RunFolder(settings.run().folder());
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Runs it.
   *
   * @param limit time that it may take in all, or null for all steps
   * @return what the last JSON line tells
   * @throws CommandFailure with a sentence when something needed fails
   */
  public Map<String, Object> run(Duration limit)
      throws IOException, InterruptedException, CheckpointException {
    Files.createDirectories(folder.root());
    Files.writeString(folder.root().resolve("run.conf"), settings.toHocon());
    TorchEngine engine = TrainJob.engine();
    try (Networks networks = Networks.open(engine, settings.data())) {
      ReportData.Ingestion ingestion = ingest(networks);
      if (stop.asked()) {
        return stopped(0, "");
      }
      RunRecorder record = new RunRecorder(folder.journal(), new RunProgress(progress));
      RunReport report = train(networks, record, limit);
      if (stop.asked()) {
        return stopped(report.step(), report.checkpoint());
      }
      RunFile file = RunFile.read(folder);
      HeldOutSet heldOut =
          HeldOutSet.read(
              settings.data(),
              IngestService.source(settings.data()),
              file.snapshot(),
              settings.evaluation().images(),
              networks.tokenizer().config().inChannels());
      List<Path> checkpoints = folder.publishedCheckpoints();
      Exhibition.Shown shown =
          new Exhibition(settings, engine, networks.tokenizer(), heldOut, folder.root(), progress)
              .show(file.trainingConfig(), exhibits(checkpoints));
      Path page =
          new DemoReport(settings, folder.root(), started)
              .write(engine, ingestion, record, checkpoints, shown);
      return result(report, record, shown, page);
    }
  }

  private ReportData.Ingestion ingest(Networks networks) throws InterruptedException {
    try (StreamSystem streams = new StreamSystem("hybnext-intake")) {
      IngestService service = new IngestService(settings, streams.system(), networks, progress);
      return service.summary(service.run(stop.whenAsked()));
    }
  }

  private RunReport train(Networks networks, RunRecorder record, Duration limit)
      throws InterruptedException {
    TrainService service = new TrainService(settings, record);
    SnapshotId snapshot =
        service
            .snapshot()
            .orElseGet(
                () ->
                    IngestService.snapshot(settings.data(), networks, settings.data().trainSplits())
                        .id());
    RunFile file =
        new RunFile(
            "",
            "",
            snapshot,
            networks.tokenizer().config().codebookSize(),
            networks.tokenizer().config().tokensPerImage(),
            networks.encoder().featureDim());
    RunReport report = service.run(file, Home.current().commit(), endOfTraining(limit));
    if (report.outcome() == RunReport.Outcome.FAILED) {
      throw new CommandFailure(RunProgress.sentence(report));
    }
    return report;
  }

  /** When people ask for it, or when the time is up that measuring and drawing leave. */
  private CompletableFuture<Void> endOfTraining(Duration limit) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    stop.whenAsked().thenRun(() -> end.complete(null));
    if (limit != null) {
      Duration passed = Duration.between(started, Instant.now());
      double left = (1 - SHARE_AFTER_TRAINING) * limit.toMillis() - passed.toMillis();
      CompletableFuture.delayedExecutor((long) Math.max(0, left), TimeUnit.MILLISECONDS)
          .execute(() -> end.complete(null));
    }
    return end;
  }

  private static Map<String, Object> stopped(long steps, String checkpoint) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("stopped", true);
    values.put("steps", steps);
    values.put("checkpoint", checkpoint);
    return values;
  }

  /** The untrained network, the first checkpoint, the last one, and some spread in between. */
  private static List<Exhibition.Exhibit> exhibits(List<Path> checkpoints)
      throws CheckpointException {
    List<Exhibition.Exhibit> exhibits = new ArrayList<>();
    exhibits.add(new Exhibition.Exhibit(0, null));
    int shown = Math.min(MOST_EXHIBITS, checkpoints.size());
    for (int i = 0; i < shown; i++) {
      int last = checkpoints.size() - 1;
      Path checkpoint = checkpoints.get(shown == 1 ? last : i * last / (shown - 1));
      long step = CheckpointStore.readManifest(checkpoint).step();
      exhibits.add(new Exhibition.Exhibit(step, checkpoint));
    }
    return exhibits;
  }

  /** First is the first checkpoint, not the untrained network, which would flatter. */
  private Map<String, Object> result(
      RunReport report, RunRecorder record, Exhibition.Shown shown, Path page) {
    List<ReportData.Evaluation> all = shown.evaluations();
    ReportData.Evaluation first = all.get(Math.min(1, all.size() - 1));
    ReportData.Evaluation last = all.get(all.size() - 1);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("steps", report.step());
    values.put("tokens_per_s", medianTokensPerSecond(record.curve()));
    values.put("trainers", settings.trainers().count());
    values.put("nll_untrained", all.get(0).nll());
    values.put("nll_first", first.nll());
    values.put("nll_last", last.nll());
    values.put("gva_first", first.gva());
    values.put("gva_last", last.gva());
    values.put("kid_untrained", all.get(0).kid());
    values.put("kid_first", first.kid());
    values.put("kid_last", last.kid());
    values.put("kid_to_originals_first", first.kidToOriginals());
    values.put("kid_to_originals_last", last.kidToOriginals());
    values.put("fid_first", first.fid());
    values.put("fid_last", last.fid());
    values.put("first_step", first.step());
    values.put("seconds", Duration.between(started, Instant.now()).toMillis() / 1000.0);
    values.put("report", page.toString());
    return values;
  }

  private static double medianTokensPerSecond(List<ReportData.CurvePoint> curve) {
    double[] sorted =
        curve.stream().mapToDouble(ReportData.CurvePoint::tokensPerSecond).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }
}
