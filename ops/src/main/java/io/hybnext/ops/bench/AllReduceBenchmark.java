package io.hybnext.ops.bench;

import io.hybnext.actors.exchange.AllReduceRank;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.exchange.driver.JavaCommand;
import io.hybnext.actors.exchange.driver.MediaDriverHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the all-reduce of the exchange between processes of this host, in the measures of NCCL's
 * tests: algorithm bandwidth is bytes of the array over time, bus bandwidth that times {@code 2 (n
 * - 1) / n}, which is comparable over numbers of ranks.
 */
public final class AllReduceBenchmark {
  private AllReduceBenchmark() {}

  /** How ranks talk to each other. */
  public enum Transport {
    /** Shared memory. */
    IPC,
    /** Datagrams over the loopback interface. */
    UDP
  }

  /**
   * What is measured.
   *
   * @param trainers number of ranks, a process each
   * @param mib size of the fp32 array in MiB
   * @param iterations number of timed all-reduces; the median counts
   * @param transport how ranks talk
   * @param termLengthBytes of Aeron's logs
   */
  public record Settings(
      int trainers, int mib, int iterations, Transport transport, int termLengthBytes) {
    /** Checks the values. */
    public Settings {
      check(trainers >= 2 && trainers <= 64, "trainers", trainers, "2 to 64");
      check(mib >= 1 && mib <= 1024, "mib", mib, "1 to 1024");
      check(iterations >= 1, "iterations", iterations, "at least 1");
    }

    /** With the term length of a run. */
    public Settings(int trainers, int mib, int iterations, Transport transport) {
      this(trainers, mib, iterations, transport, ExchangeSettings.defaults().termLengthBytes());
    }

    private static void check(boolean ok, String key, Object value, String rule) {
      if (!ok) {
        throw new IllegalArgumentException("--" + key + " " + value + ": want " + rule);
      }
    }
  }

  /**
   * What was measured.
   *
   * @param settings what was asked for
   * @param medianSeconds median time of an all-reduce, on rank 0
   */
  public record Result(Settings settings, double medianSeconds) {
    /** Bytes of the array over the median time, in 10^9 a second. */
    public double algorithmGbPerSecond() {
      return settings.mib() * 1048576.0 / medianSeconds / 1e9;
    }

    /** Algorithm bandwidth times {@code 2 (n - 1) / n}. */
    public double busGbPerSecond() {
      return algorithmGbPerSecond() * 2 * (settings.trainers() - 1) / settings.trainers();
    }

    /** The fields of the result, in order. */
    public Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("trainers", settings.trainers());
      fields.put("mib", settings.mib());
      fields.put("iterations", settings.iterations());
      fields.put("transport", settings.transport().name().toLowerCase(Locale.ROOT));
      fields.put("alg_gb_s", algorithmGbPerSecond());
      fields.put("bus_gb_s", busGbPerSecond());
      fields.put("median_s", medianSeconds);
      return fields;
    }
  }

  /**
   * Runs the measurement: a media driver in this process, a child process for each rank.
   *
   * @throws ExchangeException with a sentence when it cannot be done
   */
  public static Result run(Settings settings) throws IOException, InterruptedException {
    Path parent = SharedMemory.folder();
    SharedMemory.require(parent, settings.trainers(), settings.termLengthBytes());
    Path directory = Files.createTempDirectory(parent, "hybnext-allreduce-");
    try (MediaDriverHost driver = MediaDriverHost.launch(directory)) {
      return measure(settings, directory);
    }
  }

  private static Result measure(Settings settings, Path directory)
      throws IOException, InterruptedException {
    String channel =
        settings.transport() == Transport.IPC
            ? "aeron:ipc"
            : "aeron:udp?endpoint=127.0.0.1:" + freePorts(settings.trainers() + 1);
    List<Process> ranks = new ArrayList<>();
    try {
      for (int rank = 0; rank < settings.trainers(); rank++) {
        ranks.add(start(settings, rank, directory, channel));
      }
      double median = Double.NaN;
      for (Process rank : ranks) {
        double seconds = medianOf(rank);
        median = rank == ranks.get(0) ? seconds : median;
      }
      return new Result(settings, median);
    } finally {
      ranks.forEach(Process::destroyForcibly);
    }
  }

  private static Process start(Settings settings, int rank, Path directory, String channel)
      throws IOException {
    List<String> command = new ArrayList<>(JavaCommand.prefix("-Xmx256m"));
    command.add(AllReduceRank.class.getName());
    command.add(Integer.toString(rank));
    command.add(Integer.toString(settings.trainers()));
    command.add(Integer.toString(settings.mib()));
    command.add(Integer.toString(settings.iterations()));
    command.add(directory.toString());
    command.add(channel);
    command.add(Integer.toString(settings.termLengthBytes()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static double medianOf(Process rank) throws IOException, InterruptedException {
    String last = "";
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(rank.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
      }
    }
    if (rank.waitFor() != 0 || !last.startsWith(AllReduceRank.MEDIAN)) {
      throw new ExchangeException("a rank of the benchmark failed; see its message above");
    }
    return Double.parseDouble(last.substring(AllReduceRank.MEDIAN.length()));
  }

  /** The first of that many successive ports that are free now. */
  private static int freePorts(int count) throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      List<DatagramSocket> held = new ArrayList<>();
      try {
        held.add(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
        int first = held.get(0).getLocalPort();
        for (int i = 1; i < count; i++) {
          held.add(new DatagramSocket(first + i, InetAddress.getLoopbackAddress()));
        }
        return first;
      } catch (java.net.BindException | IllegalArgumentException taken) {
        continue;
      } finally {
        held.forEach(DatagramSocket::close);
      }
    }
    throw new ExchangeException("no " + count + " successive UDP ports are free on the loopback");
  }
}
