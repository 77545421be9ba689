package io.hybnext.ops.bench;

import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * What this machine allows at most: ranks in a ring, a thread each, pass on as many bytes as an
 * all-reduce moves, and do nothing with them. No protocol, no sums; over sockets no copies but the
 * kernel's, through memory the two that there have to be. An all-reduce on the same way can only be
 * slower.
 */
public final class ExchangeCeiling {
  private static final int ROUNDS = 9;

  private final int ranks;
  private final int arrayBytes;
  private final long bytes; // that each rank sends and receives
  private final int messageBytes;

  /**
   * A ring.
   *
   * @param arrayBytes of the all-reduce
   * @param messageBytes of a datagram, or of a write
   */
  ExchangeCeiling(int ranks, int arrayBytes, int messageBytes) {
    this.ranks = ranks;
    this.arrayBytes = arrayBytes;
    this.bytes = (long) arrayBytes * 2 * (ranks - 1) / ranks;
    this.messageBytes = messageBytes;
  }

  /**
   * Measures what limits the all-reduce of these settings; empty where some ways are memory and
   * others are not.
   *
   * @return on one host {@code ceiling_memory_bus_gb_s}; with a host a rank {@code
   *     ceiling_udp_bus_gb_s}, with datagrams of the same size and number, and {@code
   *     ceiling_tcp_bus_gb_s}
   */
  public static Map<String, Object> fields(AllReduceBenchmark.Settings settings)
      throws InterruptedException {
    int message = ExchangeSettings.defaults().pieceLength() * Float.BYTES;
    ExchangeCeiling ring = new ExchangeCeiling(settings.trainers(), settings.mib() << 20, message);
    Map<String, Object> fields = new LinkedHashMap<>();
    if (settings.hosts() == 1) {
      fields.put("ceiling_memory_bus_gb_s", ring.memory());
    } else if (settings.hosts() == settings.trainers()) {
      fields.put("ceiling_udp_bus_gb_s", ring.datagrams());
      fields.put("ceiling_tcp_bus_gb_s", ring.tcp());
    }
    return fields;
  }

  /** Bus bandwidth with datagrams, 10^9 bytes a second; the median of some rounds. */
  double datagrams() throws InterruptedException {
    return measure(ends -> DatagramRing.open(ranks, messageBytes, ends));
  }

  /** Bus bandwidth over TCP, as {@link #datagrams}. */
  double tcp() throws InterruptedException {
    return measure(ends -> TcpRing.open(ranks, messageBytes, ends));
  }

  /** Bus bandwidth through shared memory, as {@link #datagrams}. */
  double memory() throws InterruptedException {
    return measure(ends -> MemoryRing.open(ranks, arrayBytes, messageBytes, ends));
  }

  @FunctionalInterface
  private interface Opening {
    void open(List<RingEnd> ends) throws IOException;
  }

  private double measure(Opening opening) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    List<RingEnd> ends = new ArrayList<>();
    try {
      opening.open(ends);
      double[] seconds = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        long startNs = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (RingEnd each : ends) {
          running.add(
              threads.submit(
                  () -> {
                    pass(each);
                    return null;
                  }));
        }
        for (Future<?> one : running) {
          one.get();
        }
        seconds[round] = (System.nanoTime() - startNs) / 1e9;
      }
      Arrays.sort(seconds);
      return bytes / seconds[ROUNDS / 2] / 1e9;
    } catch (IOException | ExecutionException failed) {
      throw new CommandFailure("the machine's ceiling cannot be measured: " + failed, failed);
    } finally {
      threads.shutdownNow();
      for (RingEnd each : ends) {
        closeQuietly(each);
      }
    }
  }

  private static void closeQuietly(RingEnd end) {
    try {
      end.close();
    } catch (IOException leftOpen) {
      // its sockets end with the process
    }
  }

  private void pass(RingEnd end) throws IOException {
    IdleStrategy idle = new BackoffIdleStrategy(20, 20, 1_000, 100_000);
    long toSend = bytes;
    long toReceive = bytes;
    while (toSend > 0 || toReceive > 0) {
      int sent = toSend > 0 ? end.send((int) Math.min(messageBytes, toSend)) : 0;
      int received = toReceive > 0 ? end.receive() : 0;
      toSend -= sent;
      toReceive -= received;
      idle.idle(sent + received);
    }
  }
}
