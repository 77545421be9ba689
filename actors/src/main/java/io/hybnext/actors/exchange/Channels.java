package io.hybnext.actors.exchange;

import io.aeron.ChannelUri;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;

/**
 * The Aeron channel of each end of the exchange. Over UDP a member listens on a port of its own,
 * and all members of the host read what is broadcast from one socket, so that it crosses the
 * loopback once.
 *
 * @param channel {@code aeron:ipc}, or {@code aeron:udp?endpoint=HOST:PORT}
 * @param termLengthBytes of every publication
 * @param members of the generation
 */
record Channels(String channel, int termLengthBytes, int members) {
  private static final int MTU_LIMIT = 65_504; // Aeron's largest datagram
  private static final int SMALLEST_WINDOW_BYTES = 128 << 10; // two datagrams

  String directIn(int rank) {
    return received(rank, members - 1);
  }

  String broadcastIn() {
    return received(members, members);
  }

  String direct(int rank) {
    return sent(rank);
  }

  String broadcast() {
    return sent(members);
  }

  /** What all senders may have under way to a socket fits its buffer, so nothing is dropped. */
  private String received(int port, int senders) {
    ChannelUri uri = end(port);
    if (uri.isUdp()) {
      int window = SocketBuffers.receiveBytes() / senders;
      uri.put("rcv-wnd", Integer.toString(Math.max(window, SMALLEST_WINDOW_BYTES)));
    }
    return uri.toString();
  }

  private String sent(int port) {
    ChannelUri uri = end(port);
    uri.put("term-length", Integer.toString(termLengthBytes));
    uri.put("mtu", Integer.toString(mtu(termLengthBytes)));
    return uri.toString();
  }

  /** The channel as it is for IPC; for UDP, {@code port} ports above it. */
  private ChannelUri end(int port) {
    ChannelUri uri = ChannelUri.parse(channel);
    if (uri.isIpc()) {
      return uri;
    }
    String endpoint = uri.get("endpoint");
    int colon = endpoint == null ? -1 : endpoint.lastIndexOf(':');
    if (colon < 0 || !endpoint.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new ExchangeException(
          "exchange.channel = " + channel + ": want aeron:ipc or aeron:udp?endpoint=HOST:PORT");
    }
    int first = Integer.parseInt(endpoint.substring(colon + 1));
    uri.put("endpoint", endpoint.substring(0, colon + 1) + (first + port));
    return uri;
  }

  /** Largest message that is never cut into fragments. */
  static int largestMessage(int termLengthBytes) {
    return Math.min(
        mtu(termLengthBytes) - DataHeaderFlyweight.HEADER_LENGTH,
        FrameDescriptor.computeMaxMessageLength(termLengthBytes));
  }

  private static int mtu(int termLengthBytes) {
    return Math.min(MTU_LIMIT, termLengthBytes / 8);
  }
}
