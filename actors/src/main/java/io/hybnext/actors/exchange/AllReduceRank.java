package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A process that measures the all-reduce together with others of its kind; {@code bench allreduce}
 * starts them. It checks its sums before it measures.
 */
public final class AllReduceRank {
  /** Starts the line on standard output with the median time in seconds. */
  public static final String MEDIAN = "median_s ";

  private static final int WARM_UP = 10;

  private AllReduceRank() {}

  /** Arguments: rank, ranks, MiB, iterations, driver's folder, channel, term length. */
  public static void main(String[] arguments) {
    int rank = Integer.parseInt(arguments[0]);
    int world = Integer.parseInt(arguments[1]);
    int bytes = Integer.parseInt(arguments[2]) << 20;
    int iterations = Integer.parseInt(arguments[3]);
    Place place =
        new Place(
            Path.of(arguments[4]).hashCode(),
            1,
            rank,
            IntStream.range(0, world).mapToObj(each -> "rank " + each).toList(),
            MicroshardRange.split(world, world));
    ExchangeSettings settings =
        ExchangeSettings.defaults().withTermLength(Integer.parseInt(arguments[6]));
    try (PeerLinks links = new AeronLinks(place, arguments[4], arguments[5], settings)) {
      ByteBuffer memory = BufferUtil.allocateDirectAligned(bytes, 4096);
      UnsafeBuffer values = new UnsafeBuffer(memory.order(ByteOrder.nativeOrder()));
      AllReduce allReduce = new AllReduce(place, links, settings, values);
      check(allReduce, values, rank, world);
      System.out.println(MEDIAN + measure(allReduce, values, iterations));
    } catch (ExchangeException failed) {
      System.err.println(failed.getMessage());
      System.exit(1);
    }
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

  private static double measure(AllReduce allReduce, UnsafeBuffer values, int iterations) {
    for (int i = 0; i < WARM_UP; i++) {
      allReduce.run();
    }
    long[] times = new long[iterations];
    for (int i = 0; i < iterations; i++) {
      long startNs = System.nanoTime();
      allReduce.run();
      times[i] = System.nanoTime() - startNs;
    }
    Arrays.sort(times);
    values.setMemory(0, values.capacity(), (byte) 0);
    return times[iterations / 2] / 1e9;
  }
}
