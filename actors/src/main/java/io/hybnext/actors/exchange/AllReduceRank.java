package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A process that measures the all-reduce together with others of its kind; {@code bench allreduce}
 * starts them. It checks its sums before it measures.
 */
public final class AllReduceRank {
  /**
   * Starts the last line on standard output: median time and processor time of an all-reduce in
   * seconds, and bytes of Java heap that it took.
   */
  public static final String MEASURED = "measured ";

  /** The line on standard output before the timed all-reduces. */
  public static final String WARM = "warm";

  /** All-reduces before the timed ones, in which the code is compiled. */
  public static final int WARM_UP = 20;

  private AllReduceRank() {}

  /**
   * What a rank does.
   *
   * @param rank its number
   * @param hosts by rank, the endpoint of its host; members of one host share a media driver
   * @param folder of the media driver of this rank's host
   * @param mib size of the array
   * @param iterations timed all-reduces
   * @param termLengthBytes of Aeron's logs
   * @param encryption which messages are sealed
   * @param key the generation's secret
   */
  public record Task(
      int rank,
      List<String> hosts,
      String folder,
      int mib,
      int iterations,
      int termLengthBytes,
      Encryption encryption,
      ExchangeKey key) {

    /** The arguments of the process; the key is not among them. */
    public List<String> arguments() {
      return List.of(
          "" + rank,
          String.join(",", hosts),
          folder,
          "" + mib,
          "" + iterations,
          "" + termLengthBytes,
          encryption.name());
    }

    private static Task of(String[] arguments, String key) {
      return new Task(
          Integer.parseInt(arguments[0]),
          List.of(arguments[1].split(",")),
          arguments[2],
          Integer.parseInt(arguments[3]),
          Integer.parseInt(arguments[4]),
          Integer.parseInt(arguments[5]),
          Encryption.valueOf(arguments[6]),
          new ExchangeKey(key));
    }

    private Generation generation() {
      List<MicroshardRange> ranges = MicroshardRange.split(hosts.size(), hosts.size());
      List<Member> members = new ArrayList<>();
      for (int each = 0; each < hosts.size(); each++) {
        members.add(new Member(name(each), 1, each, ranges.get(each), hosts.get(each)));
      }
      return new Generation("all-reduce", 1, members, 0, "", folder, Channels.MEMORY, key);
    }

    private static String name(int rank) {
      return "rank " + rank;
    }
  }

  /** Arguments as {@link Task} gives them; the key is the first line of standard input. */
  public static void main(String[] arguments) throws IOException {
    Task task = Task.of(arguments, firstLine(System.in));
    ExchangeSettings settings =
        ExchangeSettings.defaults()
            .withTermLength(task.termLengthBytes())
            .withEncryption(task.encryption());
    Generation generation = task.generation();
    String name = Task.name(task.rank());
    try (AeronClient client = new AeronClient(task.folder());
        PeerLinks links = client.open(generation, name, settings)) {
      ByteBuffer memory = BufferUtil.allocateDirectAligned(task.mib() << 20, 4096);
      UnsafeBuffer values = new UnsafeBuffer(memory.order(ByteOrder.nativeOrder()));
      Place place = Place.of(generation, name);
      AllReduce allReduce = new AllReduce(place, links, settings, values);
      check(allReduce, values, task.rank(), place.worldSize());
      measure(allReduce, values, task.iterations());
    } catch (ExchangeException failed) {
      System.err.println(name + ": " + failed.getMessage());
      System.exit(1);
    }
  }

  private static String firstLine(InputStream in) throws IOException {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
  }

  private static void check(AllReduce allReduce, UnsafeBuffer values, int rank, int world) {
    int count = values.capacity() / Float.BYTES;
    for (int i = 0; i < count; i++) {
      values.putFloat(i * Float.BYTES, i % 1000 + rank);
    }
    allReduce.run();
    for (int i = 0; i < count; i++) {
      float want = world * (i % 1000) + world * (world - 1) / 2;
      if (values.getFloat(i * Float.BYTES) != want) {
        throw new ExchangeException(
            "element " + i + " is " + values.getFloat(i * Float.BYTES) + ", want " + want);
      }
    }
  }

  private static void measure(AllReduce allReduce, UnsafeBuffer values, int iterations) {
    for (int i = 0; i < WARM_UP; i++) {
      allReduce.run();
    }
    System.out.println(WARM);
    long[] times = new long[iterations];
    long cpuNs = ProcessorTime.ofThisProcess();
    long heapBytes = ProcessorTime.allocatedByThisThread();
    for (int i = 0; i < iterations; i++) {
      long startNs = System.nanoTime();
      allReduce.run();
      times[i] = System.nanoTime() - startNs;
    }
    heapBytes = ProcessorTime.allocatedByThisThread() - heapBytes;
    cpuNs = ProcessorTime.ofThisProcess() - cpuNs;
    Arrays.sort(times);
    values.setMemory(0, values.capacity(), (byte) 0);
    double median = times[iterations / 2] / 1e9;
    double cpu = cpuNs / 1e9 / iterations;
    System.out.println(MEASURED + median + " " + cpu + " " + heapBytes / iterations);
  }
}
