package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench step}. */
@Command(
    name = "step",
    description = "Training steps: tokens a second, milliseconds a step, memory.")
public final class BenchStepCommand extends HybnextCommand {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "bench",
      description = "tiny or bench.")
  private String preset;

  @Option(
      names = "--trainers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Trainer processes.")
  private int trainers;

  @Option(
      names = "--threads",
      paramLabel = "K",
      defaultValue = "1",
      description = "Intra-op threads of each.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "fp32 or bf16.")
  private String precision;

  @Option(names = "--steps", paramLabel = "S", defaultValue = "20", description = "Measured steps.")
  private int steps;

  @Override
  protected void run() {
    throw new CommandFailure(
        "`step` is not part of this build yet: "
            + preset
            + ", "
            + trainers
            + ", "
            + threads
            + ", "
            + precision
            + ", "
            + steps);
  }
}
