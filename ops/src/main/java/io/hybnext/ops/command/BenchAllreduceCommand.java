package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench allreduce}. */
@Command(name = "allreduce", description = "Gradient exchange between processes.")
public final class BenchAllreduceCommand extends HybnextCommand {
  @Option(names = "--trainers", paramLabel = "N", defaultValue = "2", description = "Processes.")
  private int trainers;

  @Option(names = "--mib", paramLabel = "M", defaultValue = "64", description = "MiB a rank.")
  private int mib;

  @Option(
      names = "--iterations",
      paramLabel = "I",
      defaultValue = "20",
      description = "Measured exchanges.")
  private int iterations;

  @Option(
      names = "--transport",
      paramLabel = "T",
      defaultValue = "ipc",
      description = "ipc or udp.")
  private String transport;

  @Override
  protected void run() {
    throw new CommandFailure(
        "`allreduce` is not part of this build yet: "
            + trainers
            + ", "
            + mib
            + ", "
            + iterations
            + ", "
            + transport);
  }
}
