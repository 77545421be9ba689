package io.hybnext.ops.command;

import io.hybnext.model.encoder.EncoderTrainingConfig;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.encoder.EncoderTraining;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code encoder}: trains the alignment teacher or the network behind FID and KID. */
@Command(
    name = "encoder",
    description =
        "Train a vision encoder: `teacher`, the target of the alignment, without labels; or"
            + " `evaluator`, the network behind FID and KID, from labels.")
public final class EncoderCommand extends HybnextCommand {
  @Parameters(index = "0", paramLabel = "KIND", description = "teacher or evaluator.")
  private EncoderTraining.Kind kind;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with manifest.jsonl.")
  private Path data;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Gets the encoder.")
  private Path out;

  @Option(names = "--seed", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--steps", defaultValue = "600", description = "Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--batch",
      defaultValue = "64",
      description = "Images a step; default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.002",
      description = "Largest one; default: ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(names = "--threads", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Override
  protected void run() throws IOException {
    want(threads >= 1, "--threads", threads, "at least 1");
    EncoderTrainingConfig settings =
        checked(() -> new EncoderTrainingConfig(seed, steps, batch, learningRate));
    EncoderTraining training = new EncoderTraining(kind, data, out, settings, threads);
    console().result(training.run(console().progress()));
  }
}
