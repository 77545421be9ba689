package io.hybnext.ops.command;

import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.TrainerProcess;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trainer}: a child process of a run. */
@Command(name = "trainer", hidden = true, description = "One trainer process, started by a run.")
public final class TrainerCommand extends HybnextCommand {
  @Option(names = "--run", paramLabel = "DIR", required = true, description = "The run's folder.")
  private Path run;

  @Option(names = "--name", paramLabel = "NAME", required = true, description = "Its name.")
  private String name;

  @Option(
      names = "--number",
      paramLabel = "N",
      defaultValue = "0",
      description = "Its number on this machine, from 0.")
  private int number;

  @Option(
      names = "--incarnation",
      paramLabel = "N",
      required = true,
      description = "Tells it from the process of this name before it.")
  private long incarnation;

  @Option(
      names = "--coordinator",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Where to join.")
  private String coordinator;

  @Override
  protected void run() throws InterruptedException {
    StopRequest.ignoreInterrupt(); // the coordinator ends trainers in good order
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(ExitCode.FAILED));
    try (TrainerProcess process = new TrainerProcess(RunFile.read(new RunFolder(run)), number)) {
      process.train(name, incarnation, coordinator);
    }
  }
}
