package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: ingest, train, draw, measure, report. */
@Command(name = "demo", description = "The main job on the bundled X-rays, end to end.")
public final class DemoCommand extends HybnextCommand {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "hybnext-demo",
      description = "Folder of the run and its report.html; default: hybnext-demo.")
  private Path out;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "Ends training in time to be done within M minutes; default: all steps.")
  private Double minutes;

  @Option(
      names = "--trainers",
      paramLabel = "N",
      defaultValue = "2",
      description = "Trainer processes; default: 2.")
  private int trainers;

  @Override
  protected void run() {
    throw new CommandFailure(
        "`demo` is not part of this build yet: " + out + ", " + minutes + ", " + trainers);
  }
}
