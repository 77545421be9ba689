package io.hybnext.ops.command;

import io.hybnext.ops.bench.StepBenchSettings;
import io.hybnext.ops.bench.StepBenchmark;
import io.hybnext.ops.cli.HybnextCommand;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench step}. */
@Command(
    name = "step",
    description =
        "Training steps with ARRA on random data: tokens a second over all trainers,"
            + " milliseconds a step, memory. Trainers are real processes that exchange gradients.")
public final class BenchStepCommand extends HybnextCommand {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "bench",
      description = "Size: tiny, bench, GPT-B, GPT-L, ...; default: ${DEFAULT-VALUE}.")
  private String preset;

  @Option(
      names = "--trainers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Trainer processes; default: ${DEFAULT-VALUE}.")
  private int trainers;

  @Option(
      names = "--threads",
      paramLabel = "K",
      defaultValue = "1",
      description = "Intra-op threads of each; default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "fp32 or bf16; default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "cpu",
      description = "cpu or cuda:N; default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "8",
      description = "Sequences a trainer; default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--steps",
      paramLabel = "S",
      defaultValue = "20",
      description = "Measured steps, after 3 that are not; default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--lambda",
      paramLabel = "L",
      defaultValue = "1",
      description = "Weight of the alignment; 0 for plain training; default: ${DEFAULT-VALUE}.")
  private double lambda;

  @Option(names = "--recompute", description = "Compute activations again in the backward pass.")
  private boolean recompute;

  @Override
  protected void run() throws IOException, InterruptedException {
    console()
        .result(
            new StepBenchmark(
                    checked(
                        () ->
                            new StepBenchSettings(
                                preset, trainers, threads, precision, device, batch, steps, lambda,
                                recompute)))
                .run());
  }
}
