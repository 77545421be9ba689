package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.tokenizer.TokenizerTraining;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer train}. */
@Command(
    name = "train",
    description =
        "Train a tokenizer on the split `train` of a folder with manifest.jsonl; goes on"
            + " where a run into the same folder was stopped. Ctrl-C writes a checkpoint and"
            + " ends.")
public final class TokenizerTrainCommand extends HybnextCommand {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with manifest.jsonl (fields image, split) and the images.")
  private Path data;

  @Option(
      names = "--settings",
      required = true,
      paramLabel = "FILE",
      description = {
        "JSON with `kind` (llamagen-vq by default, kelix-tok), `model` and `training`, e.g.",
        "ops/assets/tokenizer-f16/settings.json, ops/settings/kelix-tok-small.json."
      })
  private Path settings;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for tokenizer, checkpoint, reconstructions.png and made.json.")
  private Path out;

  @Option(
      names = "--threads",
      defaultValue = "1",
      paramLabel = "N",
      description = "Threads; equal bytes need equal numbers (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Override
  protected void run() throws Exception {
    want(threads >= 1, "--threads", threads, "at least 1");
    StopRequest stop = StopRequest.onSignals(console().err());
    TokenizerTraining training =
        new TokenizerTraining(data, settings, out, threads, console().progress(), stop);
    console().result(training.run());
  }
}
