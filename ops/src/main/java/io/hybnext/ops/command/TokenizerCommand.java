package io.hybnext.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tokenizer}: the commands below it. */
@Command(
    name = "tokenizer",
    description = "Train or check a VQ tokenizer.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TokenizerTrainCommand.class, TokenizerCheckCommand.class})
public final class TokenizerCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command after `tokenizer` is missing");
  }
}
