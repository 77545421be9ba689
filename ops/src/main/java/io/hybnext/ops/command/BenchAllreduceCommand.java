package io.hybnext.ops.command;

import io.hybnext.actors.exchange.Encryption;
import io.hybnext.ops.bench.AllReduceBenchmark;
import io.hybnext.ops.bench.AllReduceComparison;
import io.hybnext.ops.bench.ExchangeCeiling;
import io.hybnext.ops.bench.GlooAllReduce;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.home.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench allreduce}: the exchange between processes of this machine. */
@Command(
    name = "allreduce",
    description =
        "All-reduce of an fp32 array between processes of this machine. Bus bandwidth is"
            + " algorithm bandwidth times 2 (n - 1) / n; ceilings are what this machine passes"
            + " on without protocol and sums: through memory, or over bare sockets, datagrams and"
            + " TCP.")
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
      description = {
        "Timed all-reduces, of which the median counts, after some that are not timed (warmup);",
        "default: ${DEFAULT-VALUE}."
      })
  private int iterations;

  @Option(
      names = "--transport",
      paramLabel = "T",
      defaultValue = "ipc",
      description = {
        "ipc: all share one media driver and talk through shared memory;",
        "udp: each has a driver of its own and sends datagrams over the loopback, as hosts do.",
        "Default: ${DEFAULT-VALUE}."
      })
  private AllReduceBenchmark.Transport transport;

  @Option(
      names = "--hosts",
      paramLabel = "H",
      description = {
        "Media drivers; processes of one use shared memory, others datagrams.",
        "Default: 1 for ipc, one a process for udp."
      })
  private Integer hosts;

  @Option(
      names = "--encryption",
      paramLabel = "E",
      defaultValue = "never",
      description = "never, between-hosts or always; default: ${DEFAULT-VALUE}.")
  private String encryption;

  @Option(
      names = "--loss",
      paramLabel = "P",
      defaultValue = "0",
      description = "Share of the datagrams that is lost, 0 to 0.5; default: ${DEFAULT-VALUE}.")
  private double loss;

  @Option(
      names = "--term-length",
      paramLabel = "BYTES",
      description = "Term of Aeron's logs, a power of two; default: that of a run.")
  private Integer termLength;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description = {
        "A Python with torch: measures in turns with Gloo (ratio), with every message sealed",
        "(sealed_share) and, for udp, with 1 %% of the datagrams lost (lossy_share)."
      })
  private Path python;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      defaultValue = "3",
      description = "Turns with --python, of which the medians count; default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  protected void run() throws IOException, InterruptedException {
    AllReduceBenchmark.Settings settings = checked(this::settings);
    Map<String, Object> fields =
        python == null ? AllReduceBenchmark.run(settings).fields() : compared(settings);
    fields.putAll(ExchangeCeiling.fields(settings));
    console().result(fields);
  }

  private Map<String, Object> compared(AllReduceBenchmark.Settings settings)
      throws IOException, InterruptedException {
    GlooAllReduce gloo = GlooAllReduce.of(Home.current(), python);
    AllReduceComparison comparison = new AllReduceComparison(settings, gloo);
    for (int round = 0; round < rounds; round++) {
      comparison.round();
    }
    return comparison.fields();
  }

  private AllReduceBenchmark.Settings settings() {
    AllReduceBenchmark.Settings usual =
        AllReduceBenchmark.Settings.of(trainers, mib, iterations, transport);
    if (rounds < 1) {
      throw new IllegalArgumentException("--rounds " + rounds + ": want at least 1");
    }
    return new AllReduceBenchmark.Settings(
        trainers,
        hosts == null ? usual.hosts() : hosts,
        mib,
        iterations,
        termLength == null ? usual.termLengthBytes() : termLength,
        Encryption.parse(encryption),
        loss);
  }
}
