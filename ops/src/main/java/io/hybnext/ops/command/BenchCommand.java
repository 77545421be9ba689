package io.hybnext.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: the commands below it. */
@Command(
    name = "bench",
    description = "Measurements; one JSON line each with --json.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BenchStepCommand.class,
      BenchTrainerCommand.class,
      BenchAllreduceCommand.class,
      BenchPipelineCommand.class,
      BenchGenerateCommand.class,
      BenchEncodeCommand.class,
      BenchContinualCommand.class,
      BenchTokeniseCommand.class,
      BenchImportCommand.class,
      BenchSimulateCommand.class,
      BenchHealthCommand.class
    })
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command after `bench` is missing");
  }
}
