package io.hybnext.ops.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A place in a ring of UDP sockets on the loopback interface. Flow control costs nothing: what the
 * next rank has received is read from memory.
 */
final class DatagramRing implements RingEnd {
  private static final int WANTED_BYTES = 2 << 20; // of a socket's buffer

  private final DatagramChannel socket;
  private final AtomicLong received = new AtomicLong();
  private final ByteBuffer out;
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private DatagramRing next;
  private InetSocketAddress to;
  private int window;
  private long sent;

  private DatagramRing(int messageBytes) throws IOException {
    out = ByteBuffer.allocateDirect(messageBytes);
    socket = DatagramChannel.open();
    socket.setOption(StandardSocketOptions.SO_RCVBUF, WANTED_BYTES);
    socket.setOption(StandardSocketOptions.SO_SNDBUF, WANTED_BYTES);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.configureBlocking(false);
  }

  /** As {@link TcpRing#open}. */
  static void open(int ranks, int messageBytes, List<RingEnd> ends) throws IOException {
    for (int rank = 0; rank < ranks; rank++) {
      ends.add(new DatagramRing(messageBytes));
    }
    DatagramRing[] ring =
        Stream.concat(ends.stream(), ends.stream().limit(1)).toArray(DatagramRing[]::new);
    for (int rank = 0; rank < ranks; rank++) {
      ring[rank].follow(ring[rank + 1]);
    }
  }

  /** The window: what may be under way; the buffer also holds what the kernel needs of each. */
  private void follow(DatagramRing following) throws IOException {
    next = following;
    to = (InetSocketAddress) next.socket.getLocalAddress();
    window = Math.max(out.capacity(), next.socket.getOption(StandardSocketOptions.SO_RCVBUF) / 4);
  }

  @Override
  public int send(int most) throws IOException {
    out.clear().limit(Math.min(most, out.capacity()));
    if (sent + out.remaining() - next.received.get() > window) {
      return 0;
    }
    int gone = socket.send(out, to);
    sent += gone;
    return gone;
  }

  @Override
  public int receive() throws IOException {
    if (socket.receive(in.clear()) == null) {
      return 0;
    }
    received.addAndGet(in.position());
    return in.position();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
