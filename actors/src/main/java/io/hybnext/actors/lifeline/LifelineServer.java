package io.hybnext.actors.lifeline;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's end of the lifelines: one thread that listens to all of them and tells what
 * changes on its {@link PulseBoard}.
 */
public final class LifelineServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LifelineServer.class);
  private static final long TICK_MS = 10;
  private static final long LATE_NS = 2 * TICK_MS * 1_000_000;
  private static final Duration RETURN = Duration.ofSeconds(2);
  private static final int LONGEST_HELLO = 512;

  private final Consumer<PulseBoard.Change> listener;
  private final PulseBoard board;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final LifelineAddress address;
  private final ByteBuffer buffer = ByteBuffer.allocate(4096);
  private final Map<String, LocalProcess> local = new HashMap<>(); // by name and incarnation
  private final Queue<Awaited> awaited = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  private record Awaited(String process, long incarnation) {}

  /** What is known of a connection. */
  private static final class Visitor {
    final StringBuilder hello = new StringBuilder();
    String process; // null until it has said who it is
    long incarnation;
  }

  private LifelineServer(
      Selector selector,
      ServerSocketChannel server,
      LifelineAddress address,
      Duration silenceLimit,
      Consumer<PulseBoard.Change> listener) {
    this.selector = selector;
    this.server = server;
    this.address = address;
    this.listener = listener;
    board = new PulseBoard(silenceLimit.toNanos(), RETURN.toNanos(), this::look);
  }

  /**
   * Listens at a free port.
   *
   * @param host address to listen at
   * @param silenceLimit least silence that counts
   * @param listener told of every change, on this server's thread
   * @throws IOException when the address cannot be used
   */
  public static LifelineServer start(
      String host, Duration silenceLimit, Consumer<PulseBoard.Change> listener) throws IOException {
    byte[] token = new byte[16];
    new SecureRandom().nextBytes(token);
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(new InetSocketAddress(host, 0));
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      LifelineAddress address = new LifelineAddress(host, port, HexFormat.of().formatHex(token));
      LifelineServer started =
          new LifelineServer(selector, server, address, silenceLimit, listener);
      Thread thread = new Thread(started::run, "lifelines");
      thread.setDaemon(true);
      thread.start();
      return started;
    } catch (IOException | RuntimeException e) {
      server.close();
      selector.close();
      throw e;
    }
  }

  /** Where processes connect to. */
  public LifelineAddress address() {
    return address;
  }

  /** Others make no headway because they wait for a process; from any thread. */
  public void waitedFor(String process, long incarnation) {
    awaited.add(new Awaited(process, incarnation));
  }

  private Sight look(String process, long incarnation) {
    LocalProcess seen = local.get(process + "#" + incarnation);
    return seen == null ? Sight.UNKNOWN : seen.look();
  }

  private void run() {
    try {
      long lastNs = System.nanoTime();
      while (!closed) {
        selector.select(this::handle, TICK_MS);
        long nowNs = System.nanoTime();
        // What came while this thread was held up is read above: only then is silence judged.
        long lateNs = nowNs - lastNs - TICK_MS * 1_000_000;
        lastNs = nowNs;
        for (Awaited of = awaited.poll(); of != null; of = awaited.poll()) {
          board.waitedFor(of.process(), of.incarnation(), nowNs);
        }
        board.tick(nowNs, lateNs > LATE_NS ? lateNs : 0);
        board.takeChanges().forEach(this::tell);
      }
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        LOG.error("Lifelines are not listened to any more", e);
      }
    } finally {
      closeAll();
    }
  }

  private void tell(PulseBoard.Change change) {
    if (change.pulse() == PulseBoard.Pulse.DEAD) {
      local.remove(change.process() + "#" + change.incarnation());
    }
    listener.accept(change);
  }

  private void handle(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else {
        read(key);
      }
    } catch (IOException e) {
      end(key);
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, new Visitor());
    }
  }

  private void read(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    Visitor visitor = (Visitor) key.attachment();
    buffer.clear();
    int read = channel.read(buffer);
    if (read < 0) {
      end(key);
      return;
    }
    long nowNs = System.nanoTime();
    buffer.flip();
    if (visitor.process == null && !hello(visitor, nowNs)) {
      end(key);
    } else if (visitor.process != null && buffer.hasRemaining()) {
      board.beat(visitor.process, visitor.incarnation, nowNs);
    }
  }

  /** Takes the first line; returns false when it makes no sense. */
  private boolean hello(Visitor visitor, long nowNs) {
    while (buffer.hasRemaining()) {
      char next = (char) (buffer.get() & 0xff);
      if (next != '\n') {
        visitor.hello.append(next);
        continue;
      }
      String[] words = visitor.hello.toString().split(" ", 4);
      if (words.length != 4 || !words[0].equals(address.token()) || !isNumber(words[1])) {
        return false;
      }
      byte[] name = words[3].getBytes(StandardCharsets.ISO_8859_1);
      visitor.process = new String(name, StandardCharsets.UTF_8);
      visitor.incarnation = Long.parseLong(words[1]);
      LocalProcess.of(words[2])
          .ifPresent(seen -> local.put(visitor.process + "#" + visitor.incarnation, seen));
      board.connected(visitor.process, visitor.incarnation, visitor, nowNs);
      return true;
    }
    return visitor.hello.length() <= LONGEST_HELLO;
  }

  private static boolean isNumber(String word) {
    return word.matches("[0-9]{1,18}");
  }

  /** The first line of a connection. */
  static byte[] hello(LifelineAddress to, String process, long incarnation) {
    String line = to.token() + " " + incarnation + " " + LocalProcess.self() + " " + process + "\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private void end(SelectionKey key) {
    key.cancel();
    close(key.channel());
    if (key.attachment() instanceof Visitor visitor && visitor.process != null) {
      board.ended(visitor.process, visitor.incarnation, visitor, System.nanoTime());
    }
  }

  private void closeAll() {
    for (SelectionKey key : selector.keys()) {
      close(key.channel());
    }
    close(server);
    close(selector);
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.debug("A lifeline could not be closed", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
