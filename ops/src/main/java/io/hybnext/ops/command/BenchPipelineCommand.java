package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.file.TemporaryFolder;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.intake.IntakeSource;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.PipelineBenchmark;
import io.hybnext.streams.ingest.PipelineFigure;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench pipeline}. */
@Command(
    name = "pipeline",
    description =
        "Ingestion of data.source: images a second of decoding alone, of reading, decoding"
            + " and fitting, with tokens, with features, and end to end into a store.")
public final class BenchPipelineCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description =
          "libtorch's; decoding has intake.decode-parallelism; default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--passes",
      defaultValue = "2",
      description = "Timed passes over the images; default: ${DEFAULT-VALUE}.")
  private int passes;

  @Override
  protected void run() throws IOException {
    want(threads >= 1, "--threads", threads, "at least 1");
    want(passes >= 1, "--passes", passes, "at least 1");
    HybnextSettings settings = options.load();
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, threads);
    try (Networks networks = Networks.open(engine, settings.data());
        StreamSystem streams = new StreamSystem("hybnext-bench")) {
      PipelineBenchmark benchmark =
          new PipelineBenchmark(
              streams.system(),
              IntakeSource.ofFiles(settings),
              networks.tokenizerStage(),
              networks.encoderStage(),
              IngestService.settings(settings.intake()),
              passes);
      console().result(describe(settings, benchmark));
    }
  }

  private Map<String, Object> describe(HybnextSettings settings, PipelineBenchmark benchmark)
      throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("source", settings.data().source());
    result.put("decode_threads", settings.intake().decodeParallelism());
    result.put("network_threads", threads);
    PipelineFigure decode = benchmark.decode();
    if (decode.images() == 0) {
      throw new CommandFailure(settings.data().source() + " names no image; set data.source");
    }
    List<PipelineFigure> figures =
        List.of(decode, benchmark.fit(), benchmark.tokenise(), benchmark.encode());
    for (PipelineFigure figure : figures) {
      result.put(figure.upTo() + "_images_per_s", figure.imagesPerSecond());
    }
    try (TemporaryFolder store = TemporaryFolder.create("hybnext-bench")) {
      IngestReport report = benchmark.endToEnd(store.path());
      result.put("end_to_end_images_per_s", report.seen() / report.elapsedSeconds());
      result.put("peak_mib_in_flight", report.peakBytesInFlight() / (double) (1 << 20));
      Map<String, Double> busy = new LinkedHashMap<>();
      report.stages().forEach(stage -> busy.put(stage.stage(), stage.busyShare()));
      result.put("busy_share", busy);
    }
    return result;
  }
}
