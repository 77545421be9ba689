package io.hybnext.ops.command;

import io.hybnext.model.encoder.TowerEncoder;
import io.hybnext.ops.cli.HybnextCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench encode}. */
@Command(
    name = "encode",
    description = "Features of an encoder of the paper at its real size, random weights: images/s.")
public final class BenchEncodeCommand extends HybnextCommand {
  @Mixin private ImageBenchOptions options;

  @Option(
      names = "--encoder",
      defaultValue = "biomedclip",
      description = "biomedclip, clip-l or medsam; default: ${DEFAULT-VALUE}.")
  private String encoder;

  @Option(names = "--precision", defaultValue = "fp32", description = "Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Override
  protected void run() {
    console().result(checked(() -> options.benchmark(precision)).encode(checked(this::name)));
  }

  private String name() {
    if (!TowerEncoder.names().contains(encoder)) {
      throw new IllegalArgumentException(
          "--encoder " + encoder + ": want one of " + TowerEncoder.names());
    }
    return encoder;
  }
}
