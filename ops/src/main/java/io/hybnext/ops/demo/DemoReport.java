package io.hybnext.ops.demo;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.CheckpointManifest;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.home.Machine;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.report.ReportStore;
import io.hybnext.ops.run.RunRecorder;
import io.hybnext.ops.run.TrainJob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Puts together what a run's page tells. */
final class DemoReport {
  private final HybnextSettings settings;
  private final Path folder;
  private final Instant started;

  DemoReport(HybnextSettings settings, Path folder, Instant started) {
    this.settings = settings;
    this.folder = folder;
    this.started = started;
  }

  /** Writes report.json and report.html; returns the page. */
  Path write(
      TorchEngine engine,
      ReportData.Ingestion ingestion,
      RunRecorder record,
      List<Path> checkpoints,
      Exhibition.Shown shown)
      throws IOException, CheckpointException {
    ReportData data =
        new ReportData(
            "Hybnext demo: chest X-rays from captions",
            started.truncatedTo(ChronoUnit.SECONDS).toString(),
            Duration.between(started, Instant.now()).toMillis() / 1000.0,
            machine(engine),
            settings.toHocon(),
            record.curve(),
            shown.evaluations(),
            shown.captions(),
            shown.references(),
            shown.samples(),
            shown.reconstruction(),
            ingestion,
            processes(record),
            rows(checkpoints),
            commands(checkpoints, shown.captions()));
    return ReportStore.write(data, folder);
  }

  private ReportData.Machine machine(TorchEngine engine) {
    return new ReportData.Machine(
        Machine.processor(),
        Machine.cores(),
        Machine.memoryBytes(),
        Machine.system(),
        Machine.java(),
        engine.version(),
        settings.trainers().device(),
        Home.current().commit());
  }

  private List<ReportData.ProcessRow> processes(RunRecorder record) {
    List<ReportData.ProcessRow> rows = new ArrayList<>();
    long own = ProcessHandle.current().pid();
    rows.add(
        new ReportData.ProcessRow(
            "coordinator",
            -1,
            own,
            settings.cluster().host(),
            List.of(
                "coordinator",
                "ingestion streams",
                "checkpoint store",
                "journal",
                "drawing and measuring"),
            engineThreads(),
            Machine.peakResidentBytes(own),
            "ended"));
    record.processes().forEach(process -> rows.add(row(process)));
    return rows;
  }

  private ReportData.ProcessRow row(RunRecorder.ProcessRecord process) {
    boolean trainer = !process.name().equals(RunRecorder.MEDIA_DRIVER);
    return new ReportData.ProcessRow(
        process.name(),
        -1,
        process.pid(),
        settings.cluster().host(),
        trainer
            ? List.of("trainer", "gradient exchange", "batch streams")
            : List.of("conductor, sender and receiver of Aeron"),
        trainer ? settings.trainers().threads() : 0,
        process.peakResidentBytes(),
        process.state());
  }

  private static int engineThreads() {
    return TrainJob.engine().intraOpThreads();
  }

  private List<ReportData.CheckpointRow> rows(List<Path> checkpoints) throws CheckpointException {
    List<ReportData.CheckpointRow> rows = new ArrayList<>();
    for (Path checkpoint : checkpoints) {
      CheckpointManifest manifest = CheckpointFolder.readManifest(checkpoint);
      String hash =
          manifest.files().stream()
              .filter(file -> file.name().equals("model.safetensors"))
              .map(CheckpointFile::sha256)
              .findFirst()
              .orElse("");
      rows.add(
          new ReportData.CheckpointRow(
              manifest.step(),
              folder.relativize(checkpoint).toString(),
              manifest.sizeBytes(),
              hash));
    }
    return rows;
  }

  private List<ReportData.ContinueCommand> commands(List<Path> checkpoints, List<String> captions) {
    List<ReportData.ContinueCommand> commands = new ArrayList<>();
    commands.add(
        new ReportData.ContinueCommand(
            "Train this run for twice as many steps",
            "ops/hybnext train -c "
                + folder.resolve("run.conf")
                + " --set training.steps="
                + 2 * settings.training().steps()));
    if (!checkpoints.isEmpty() && !captions.isEmpty()) {
      commands.add(
          new ReportData.ContinueCommand(
              "Draw pictures of a caption from the last checkpoint",
              "ops/hybnext generate --checkpoint "
                  + checkpoints.get(checkpoints.size() - 1)
                  + " --prompt \""
                  + captions.get(0)
                  + "\""));
    }
    return commands;
  }
}
