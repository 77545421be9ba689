package io.hybnext.ops.command;

import io.hybnext.ops.bench.GenerateBenchmark;
import io.hybnext.ops.cli.HybnextCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench generate}. */
@Command(
    name = "generate",
    description = "Cached sampling with guidance, random weights: tokens a second.")
public final class BenchGenerateCommand extends HybnextCommand {
  @Option(names = "--preset", defaultValue = "bench", description = "Default: ${DEFAULT-VALUE}.")
  private String preset;

  @Option(names = "--device", defaultValue = "cpu", description = "Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(names = "--threads", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(names = "--precision", defaultValue = "fp32", description = "Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(names = "--batch", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--guidance", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}.")
  private double guidance;

  @Option(
      names = "--top-k",
      defaultValue = "2000",
      description = "0 for all; default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(names = "--runs", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Override
  protected void run() {
    console()
        .result(
            checked(
                    () ->
                        new GenerateBenchmark(
                            preset, device, threads, precision, batch, guidance, topK, runs))
                .run());
  }
}
