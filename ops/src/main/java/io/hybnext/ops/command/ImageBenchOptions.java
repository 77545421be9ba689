package io.hybnext.ops.command;

import io.hybnext.ops.bench.ImageNetworkBenchmark;
import picocli.CommandLine.Option;

/** Options that {@code bench encode} and {@code bench tokenise} share. */
final class ImageBenchOptions {
  @Option(names = "--device", defaultValue = "cpu", description = "Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(names = "--threads", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--batch",
      defaultValue = "8",
      description = "Images a pass; default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--batches",
      defaultValue = "5",
      description = "Timed passes, after one that is not; default: ${DEFAULT-VALUE}.")
  private int batches;

  /** The benchmark; refuses impossible values with an {@link IllegalArgumentException}. */
  ImageNetworkBenchmark benchmark(String precision) {
    return new ImageNetworkBenchmark(device, threads, precision, batch, batches);
  }
}
