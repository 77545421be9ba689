package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.bench.ContinualBenchmark;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.wiring.Networks;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench continual}. */
@Command(
    name = "continual",
    description =
        "The sample's three collections come one after the other: held-out NLL of each after every"
            + " wave, with new images mixed into replayed ones (data.mixing) and naively, on new"
            + " ones alone.")
public final class BenchContinualCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Most images of a collection and split; default: ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "300",
      description = "Steps of each wave; default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--threads",
      paramLabel = "K",
      defaultValue = "1",
      description = "libtorch's; default: ${DEFAULT-VALUE}.")
  private int threads;

  @Override
  protected void run() throws IOException, InterruptedException {
    want(threads >= 1, "--threads", threads, "at least 1");
    HybnextSettings settings =
        options.load(
            "demo",
            Map.of(
                "training.steps",
                Integer.toString(3 * Math.max(1, steps)),
                "optimiser.warmup-steps",
                "20"));
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, threads);
    ContinualBenchmark benchmark =
        checked(() -> new ContinualBenchmark(engine, settings, images, steps));
    try (Networks networks = Networks.open(engine, settings.data())) {
      console().result(benchmark.run(networks.tokenizerStage(), networks.encoderStage()).figures());
    }
  }
}
