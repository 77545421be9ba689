package io.hybnext.ops.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A place in a ring of TCP connections on the loopback interface. */
final class TcpRing implements RingEnd {
  private final SocketChannel to;
  private final SocketChannel from;
  private final ByteBuffer out;
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);

  private TcpRing(SocketChannel to, SocketChannel from, int messageBytes) {
    this.to = to;
    this.from = from;
    out = ByteBuffer.allocateDirect(messageBytes);
  }

  /** Adds the places of all ranks; those added are the caller's to close, also on a failure. */
  static void open(int ranks, int messageBytes, List<RingEnd> ends) throws IOException {
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
      ends.add(new TcpRing(to, from, messageBytes));
    }
  }

  @Override
  public int send(int most) throws IOException {
    return to.write(out.clear().limit(Math.min(most, out.capacity())));
  }

  @Override
  public int receive() throws IOException {
    int read = from.read(in.clear());
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
