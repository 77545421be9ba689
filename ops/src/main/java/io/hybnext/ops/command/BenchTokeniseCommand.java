package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench tokenise}. */
@Command(
    name = "tokenise",
    description = "Tokens of VQ-16 at its real size, random weights, fp32: images/s.")
public final class BenchTokeniseCommand extends HybnextCommand {
  @Mixin private ImageBenchOptions options;

  @Override
  protected void run() {
    console().result(checked(() -> options.benchmark("fp32")).tokenise());
  }
}
