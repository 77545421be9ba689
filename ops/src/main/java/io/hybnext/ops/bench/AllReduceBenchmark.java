package io.hybnext.ops.bench;

import io.hybnext.actors.exchange.AllReduceRank;
import io.hybnext.actors.exchange.Encryption;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.ProcessorTime;
import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.exchange.driver.AbandonedFolders;
import io.hybnext.actors.exchange.driver.JavaCommand;
import io.hybnext.actors.exchange.driver.Loss;
import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.membership.ExchangeKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
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
import java.util.StringTokenizer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Measures the all-reduce of the exchange between processes of this host, in the measures of NCCL's
 * tests: algorithm bandwidth is bytes of the array over time, bus bandwidth that times {@code 2 (n
 * - 1) / n}, which is comparable over numbers of ranks.
 */
public final class AllReduceBenchmark {
  private AllReduceBenchmark() {}

  /** How ranks talk to each other. */
  public enum Transport {
    /** Shared memory of one media driver. */
    IPC,
    /** Datagrams between media drivers, one a rank, over the loopback interface. */
    UDP
  }

  /**
   * What is measured.
   *
   * @param trainers number of ranks, a process each
   * @param hosts number of media drivers; ranks of one driver use shared memory, others datagrams
   *     over the loopback interface, as ranks of several hosts do
   * @param mib size of the fp32 array in MiB
   * @param iterations number of timed all-reduces; the median counts
   * @param termLengthBytes of Aeron's logs
   * @param encryption which messages are sealed
   * @param loss share of the datagrams that is lost, from 0 to 0.5
   */
  public record Settings(
      int trainers,
      int hosts,
      int mib,
      int iterations,
      int termLengthBytes,
      Encryption encryption,
      double loss) {
    /** Checks the values. */
    public Settings {
      check(trainers >= 2 && trainers <= 64, "trainers", trainers, "2 to 64");
      check(hosts >= 1 && hosts <= trainers, "hosts", hosts, "1 to the number of trainers");
      check(mib >= 1 && mib <= 1024, "mib", mib, "1 to 1024");
      check(iterations >= 1, "iterations", iterations, "at least 1");
      check(loss >= 0 && loss <= 0.5, "loss", loss, "0 to 0.5");
    }

    /** As in a run: its term length, nothing sealed or lost. */
    public static Settings of(int trainers, int mib, int iterations, Transport transport) {
      return new Settings(
          trainers,
          transport == Transport.IPC ? 1 : trainers,
          mib,
          iterations,
          ExchangeSettings.defaults().termLengthBytes(),
          Encryption.NEVER,
          0);
    }

    /** The same with other messages sealed. */
    public Settings withEncryption(Encryption other) {
      return new Settings(trainers, hosts, mib, iterations, termLengthBytes, other, loss);
    }

    /** The same with another share of the datagrams lost. */
    public Settings withLoss(double share) {
      return new Settings(trainers, hosts, mib, iterations, termLengthBytes, encryption, share);
    }

    private static void check(boolean ok, String key, Object value, String rule) {
      if (!ok) {
        throw new IllegalArgumentException("--" + key + " " + value + ": want " + rule);
      }
    }

    private String transport() {
      return hosts == 1 ? "ipc" : hosts == trainers ? "udp" : "mixed";
    }

    private int hostOf(int rank) {
      return rank * hosts / trainers;
    }
  }

  /**
   * What was measured.
   *
   * @param settings what was asked for
   * @param medianSeconds median time of an all-reduce, on rank 0
   * @param cpuSeconds processor time of an all-reduce, of all ranks and media drivers
   * @param heapBytes Java heap that an all-reduce took, the most of any rank
   */
  public record Result(Settings settings, double medianSeconds, double cpuSeconds, long heapBytes) {
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
      fields.put("warmup", AllReduceRank.WARM_UP);
      fields.put("transport", settings.transport());
      fields.put("hosts", settings.hosts());
      fields.put("encryption", settings.encryption().name().toLowerCase(Locale.ROOT));
      fields.put("loss", settings.loss());
      fields.put("alg_gb_s", algorithmGbPerSecond());
      fields.put("bus_gb_s", busGbPerSecond());
      fields.put("median_s", medianSeconds);
      fields.put("cpu_s", cpuSeconds);
      fields.put("heap_bytes", heapBytes);
      return fields;
    }
  }

  /**
   * Runs the measurement: media drivers in this process, a child process for each rank.
   *
   * @throws ExchangeException with a sentence when it cannot be done
   */
  public static Result run(Settings settings) throws IOException, InterruptedException {
    Path parent = SharedMemory.folder();
    SharedMemory.require(parent, settings.trainers());
    List<MediaDriverHost> drivers = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    try {
      for (int host = 0; host < settings.hosts(); host++) {
        Path folder = Files.createTempDirectory(parent, AbandonedFolders.PREFIX + "allreduce-");
        folders.add(folder);
        drivers.add(MediaDriverHost.launch(folder, new Loss(settings.loss(), host)));
      }
      return measure(settings, folders);
    } finally {
      drivers.forEach(MediaDriverHost::close);
    }
  }

  private static Result measure(Settings settings, List<Path> folders)
      throws IOException, InterruptedException {
    int port = freePorts(settings.hosts());
    List<String> hosts =
        IntStream.range(0, settings.trainers())
            .mapToObj(rank -> "127.0.0.1:" + (port + settings.hostOf(rank)))
            .toList();
    ExchangeKey key = ExchangeKey.random();
    List<Process> ranks = new ArrayList<>();
    try {
      for (int rank = 0; rank < settings.trainers(); rank++) {
        ranks.add(
            start(
                new AllReduceRank.Task(
                    rank,
                    hosts,
                    folders.get(settings.hostOf(rank)).toString(),
                    settings.mib(),
                    settings.iterations(),
                    settings.termLengthBytes(),
                    settings.encryption(),
                    key)));
      }
      return result(settings, ranks);
    } finally {
      ranks.forEach(Process::destroyForcibly);
    }
  }

  private static Process start(AllReduceRank.Task task) throws IOException {
    List<String> command = new ArrayList<>(JavaCommand.prefix("-Xmx256m"));
    command.add(AllReduceRank.class.getName());
    command.addAll(task.arguments());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Writer input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    input.write(task.key().hex() + "\n");
    input.flush();
    return process;
  }

  private static Result result(Settings settings, List<Process> ranks)
      throws IOException, InterruptedException {
    List<BufferedReader> outputs = ranks.stream().map(Process::inputReader).toList();
    for (BufferedReader output : outputs) {
      String line = line(output);
      while (line != null && !line.equals(AllReduceRank.WARM)) {
        line = line(output);
      }
    }
    long driversNs = ProcessorTime.ofThisProcess();
    double median = Double.NaN;
    double cpu = 0;
    long heap = 0;
    for (int rank = 0; rank < ranks.size(); rank++) {
      StringTokenizer measured = measured(ranks.get(rank), outputs.get(rank));
      double seconds = Double.parseDouble(measured.nextToken());
      median = rank == 0 ? seconds : median;
      cpu += Double.parseDouble(measured.nextToken());
      heap = Math.max(heap, Long.parseLong(measured.nextToken()));
    }
    driversNs = ProcessorTime.ofThisProcess() - driversNs;
    return new Result(settings, median, cpu + driversNs / 1e9 / settings.iterations(), heap);
  }

  private static StringTokenizer measured(Process rank, BufferedReader output)
      throws IOException, InterruptedException {
    String last = "";
    for (String line = line(output); line != null; line = line(output)) {
      last = line;
    }
    if (rank.waitFor() != 0 || !last.startsWith(AllReduceRank.MEASURED)) {
      throw new ExchangeException("a rank of the benchmark failed; see its message above");
    }
    return new StringTokenizer(last.substring(AllReduceRank.MEASURED.length()));
  }

  /**
   * The next line of a process, null at its end. Reading from a pipe cannot be interrupted, so that
   * Ctrl-C would leave the drivers' folders behind: another thread reads.
   */
  static String line(BufferedReader output) throws IOException, InterruptedException {
    FutureTask<String> reading = new FutureTask<>(output::readLine);
    Thread reader = new Thread(reading, "all-reduce-output");
    reader.setDaemon(true);
    reader.start();
    try {
      return reading.get();
    } catch (ExecutionException failed) {
      throw new IOException("the output of a rank cannot be read", failed.getCause());
    }
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
