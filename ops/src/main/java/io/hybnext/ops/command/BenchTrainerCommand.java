package io.hybnext.ops.command;

import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.ops.bench.BenchTrainer;
import io.hybnext.ops.bench.StepBenchSettings;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench trainer}: a child process of {@code bench step}. */
@Command(name = "trainer", hidden = true, description = "One trainer process of bench step.")
public final class BenchTrainerCommand extends HybnextCommand {
  @Parameters(index = "0", description = "Its name.")
  private String name;

  @Parameters(index = "1", description = "Its number, from 0.")
  private int number;

  @Parameters(index = "2", description = "Its incarnation.")
  private long incarnation;

  @Parameters(index = "3", description = "host:port of the coordinator.")
  private String coordinator;

  @Parameters(index = "4..*", arity = "9", description = "What is measured.")
  private List<String> settings;

  @Override
  protected void run() throws InterruptedException {
    StopRequest.ignoreInterrupt();
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(ExitCode.FAILED));
    new BenchTrainer(StepBenchSettings.parse(settings), number)
        .train(name, incarnation, coordinator);
  }
}
