package io.hybnext.ops.bench;

import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * What sockets on the loopback interface of this machine allow at most: ranks in a ring, a thread
 * each, pass on as many bytes as an all-reduce moves, and do nothing with them. No protocol, no
 * sums, no copies but the kernel's: an all-reduce over the same sockets can only be slower.
 */
public final class LoopbackCeiling {
  private static final int WANTED_BYTES = 2 << 20; // of a socket's buffer
  private static final int ROUNDS = 9;

  private final int ranks;
  private final long bytes; // that each rank sends and receives
  private final int messageBytes;

  /**
   * A ring.
   *
   * @param arrayBytes of the all-reduce
   * @param messageBytes of a datagram, or of a write
   */
  LoopbackCeiling(int ranks, long arrayBytes, int messageBytes) {
    this.ranks = ranks;
    this.bytes = arrayBytes * 2 * (ranks - 1) / ranks;
    this.messageBytes = messageBytes;
  }

  /**
   * Measures what limits the all-reduce of these settings; empty where hosts have several ranks.
   *
   * @return {@code ceiling_udp_bus_gb_s}, with datagrams of the same size and number, and {@code
   *     ceiling_tcp_bus_gb_s}
   */
  public static Map<String, Object> fields(AllReduceBenchmark.Settings settings)
      throws InterruptedException {
    if (settings.hosts() < settings.trainers()) {
      return Map.of();
    }
    int message = ExchangeSettings.defaults().pieceLength() * Float.BYTES;
    LoopbackCeiling ring =
        new LoopbackCeiling(settings.trainers(), (long) settings.mib() << 20, message);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ceiling_udp_bus_gb_s", ring.datagrams());
    fields.put("ceiling_tcp_bus_gb_s", ring.tcp());
    return fields;
  }

  /** One rank's ends. */
  private interface Ends extends AutoCloseable {
    /** Sends at most so many bytes of the buffer; returns how many went. */
    int send(ByteBuffer from) throws IOException;

    /** Receives what is there; returns how many bytes. */
    int receive(ByteBuffer to) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Bus bandwidth with datagrams, 10^9 bytes a second; the median of some rounds. */
  double datagrams() throws InterruptedException {
    return measure(this::datagramEnds);
  }

  /** Bus bandwidth over TCP, as {@link #datagrams}. */
  double tcp() throws InterruptedException {
    return measure(this::tcpEnds);
  }

  @FunctionalInterface
  private interface Opening {
    void open(List<Ends> ends) throws IOException;
  }

  private double measure(Opening opening) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    List<Ends> ends = new ArrayList<>();
    try {
      opening.open(ends);
      double[] seconds = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        long startNs = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (Ends each : ends) {
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
      throw new CommandFailure("the loopback interface cannot be measured: " + failed, failed);
    } finally {
      threads.shutdownNow();
      for (Ends each : ends) {
        closeQuietly(each);
      }
    }
  }

  private static void closeQuietly(Ends ends) {
    try {
      ends.close();
    } catch (IOException leftOpen) {
      // its sockets end with the process
    }
  }

  private void pass(Ends ends) throws IOException {
    ByteBuffer out = ByteBuffer.allocateDirect(messageBytes);
    ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
    IdleStrategy idle = new BackoffIdleStrategy(20, 20, 1_000, 100_000);
    long toSend = bytes;
    long toReceive = bytes;
    while (toSend > 0 || toReceive > 0) {
      int moved = 0;
      if (toSend > 0) {
        out.clear().limit((int) Math.min(messageBytes, toSend));
        int sent = ends.send(out);
        toSend -= sent;
        moved += sent;
      }
      if (toReceive > 0) {
        int received = ends.receive(in.clear());
        toReceive -= received;
        moved += received;
      }
      idle.idle(moved);
    }
  }

  private void datagramEnds(List<Ends> ends) throws IOException {
    List<DatagramChannel> sockets = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      DatagramChannel socket = DatagramChannel.open();
      socket.setOption(StandardSocketOptions.SO_RCVBUF, WANTED_BYTES);
      socket.setOption(StandardSocketOptions.SO_SNDBUF, WANTED_BYTES);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      socket.configureBlocking(false);
      sockets.add(socket);
    }
    List<AtomicLong> received = new ArrayList<>();
    sockets.forEach(socket -> received.add(new AtomicLong()));
    for (int rank = 0; rank < ranks; rank++) {
      int next = (rank + 1) % ranks;
      ends.add(
          new DatagramEnds(
              sockets.get(rank),
              window(sockets.get(next)),
              (InetSocketAddress) sockets.get(next).getLocalAddress(),
              received.get(rank),
              received.get(next)));
    }
  }

  /** What may be under way to a socket: its buffer also holds what the kernel needs of each. */
  private int window(DatagramChannel to) throws IOException {
    return Math.max(messageBytes, to.getOption(StandardSocketOptions.SO_RCVBUF) / 4);
  }

  /** Flow control costs nothing here: what the next rank has received is read from memory. */
  private static final class DatagramEnds implements Ends {
    private final DatagramChannel socket;
    private final int window;
    private final InetSocketAddress to;
    private final AtomicLong received;
    private final AtomicLong arrived;
    private long sent;

    DatagramEnds(
        DatagramChannel socket,
        int window,
        InetSocketAddress to,
        AtomicLong received,
        AtomicLong arrived) {
      this.socket = socket;
      this.window = window;
      this.to = to;
      this.received = received;
      this.arrived = arrived;
    }

    @Override
    public int send(ByteBuffer from) throws IOException {
      if (sent + from.remaining() - arrived.get() > window) {
        return 0;
      }
      int gone = socket.send(from, to);
      sent += gone;
      return gone;
    }

    @Override
    public int receive(ByteBuffer to) throws IOException {
      if (socket.receive(to) == null) {
        return 0;
      }
      received.addAndGet(to.position());
      return to.position();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void tcpEnds(List<Ends> ends) throws IOException {
    List<SocketChannel> out = new ArrayList<>();
    List<SocketChannel> in = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      for (int rank = 0; rank < ranks; rank++) {
        out.add(SocketChannel.open(server.getLocalAddress()));
        in.add(server.accept());
      }
    }
    for (int rank = 0; rank < ranks; rank++) {
      SocketChannel to = out.get(rank);
      SocketChannel from = in.get((rank + ranks - 1) % ranks);
      to.configureBlocking(false);
      from.configureBlocking(false);
      ends.add(new TcpEnds(to, from));
    }
  }

  private record TcpEnds(SocketChannel to, SocketChannel from) implements Ends {
    @Override
    public int send(ByteBuffer bytes) throws IOException {
      return to.write(bytes);
    }

    @Override
    public int receive(ByteBuffer bytes) throws IOException {
      int read = from.read(bytes);
      if (read < 0) {
        throw new IOException("a rank ended early");
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      to.close();
      from.close();
    }
  }
}
