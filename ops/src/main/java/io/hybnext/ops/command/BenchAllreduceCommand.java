package io.hybnext.ops.command;

import io.hybnext.ops.bench.AllReduceBenchmark;
import io.hybnext.ops.cli.HybnextCommand;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench allreduce}: the exchange between processes of this machine. */
@Command(
    name = "allreduce",
    description = {
      "All-reduce of an fp32 array between processes of this machine. Bus bandwidth is algorithm",
      "bandwidth times 2 (n - 1) / n."
    })
public final class BenchAllreduceCommand extends HybnextCommand {
  @Option(
      names = "--trainers",
      paramLabel = "N",
      defaultValue = "2",
      description = "Processes; default: ${DEFAULT-VALUE}.")
  private int trainers;

  @Option(
      names = "--mib",
      paramLabel = "M",
      defaultValue = "64",
      description = "Size of the array; default: ${DEFAULT-VALUE}.")
  private int mib;

  @Option(
      names = "--iterations",
      paramLabel = "I",
      defaultValue = "20",
      description = "Timed all-reduces, of which the median counts; default: ${DEFAULT-VALUE}.")
  private int iterations;

  @Option(
      names = "--transport",
      paramLabel = "T",
      defaultValue = "ipc",
      description = "ipc or udp; default: ${DEFAULT-VALUE}.")
  private AllReduceBenchmark.Transport transport;

  @Override
  protected void run() throws IOException, InterruptedException {
    AllReduceBenchmark.Settings settings =
        checked(() -> new AllReduceBenchmark.Settings(trainers, mib, iterations, transport));
    console().result(AllReduceBenchmark.run(settings).fields());
  }
}
