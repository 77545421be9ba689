package io.hybnext.actors.exchange;

import io.aeron.ChannelUriStringBuilder;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import java.util.List;

/**
 * The Aeron channel of each end of the exchange. A host takes all datagrams at one endpoint, where
 * streams tell the ways apart; what goes to all is sent once to each other host, whose media driver
 * shows it to all its members.
 *
 * @param hosts where the members are
 * @param termLengthBytes of every publication of datagrams
 * @param datagramBytes the largest
 */
record Channels(Hosts hosts, int termLengthBytes, int datagramBytes) {
  /** What comes and goes through shared memory. */
  static final String MEMORY = "aeron:ipc";

  /** Largest datagram that Aeron sends. */
  static final int LARGEST_DATAGRAM = 65_504;

  /** Term of a way through shared memory, which carries tokens: a thousand of them. */
  static final int TOKENS_TERM_BYTES = 1 << 16;

  private static final int SMALLEST_WINDOW_BYTES = 128 << 10; // two datagrams of the largest

  /** Of the way to a member. */
  String to(int peer) {
    return hosts.byMemory(peer) ? toMemory() : toEndpoint(hosts.endpoints().get(peer));
  }

  /**
   * Of the way to all members of this host. Its memory is taken at once, and the driver refuses it
   * where there is too little: a page that is missing later ends whoever touches it.
   */
  String toMemory() {
    return new ChannelUriStringBuilder()
        .media("ipc")
        .termLength(TOKENS_TERM_BYTES)
        .sparse(false)
        .build();
  }

  /**
   * Of the way to all members of other hosts; with several hosts each is a destination to be added.
   */
  String toHosts(List<String> endpoints) {
    if (endpoints.size() == 1) {
      return toEndpoint(endpoints.get(0));
    }
    return sender()
        .controlMode("manual")
        .minFlowControl(endpoints.size(), null) // no host is left behind
        .build();
  }

  private String toEndpoint(String endpoint) {
    return sender().endpoint(endpoint).build();
  }

  /** One of the destinations of {@link #toHosts}. */
  static String destination(String endpoint) {
    return new ChannelUriStringBuilder().media("udp").endpoint(endpoint).build();
  }

  private ChannelUriStringBuilder sender() {
    return new ChannelUriStringBuilder()
        .media("udp")
        .termLength(termLengthBytes)
        .socketSndbufLength(SocketBuffers.sendBytes())
        .mtu(mtu(termLengthBytes, datagramBytes));
  }

  /** Of what comes from a member. */
  String from(int peer) {
    return hosts.byMemory(peer) ? MEMORY : fromHosts();
  }

  /**
   * Of what comes from other hosts. What all senders may have under way fits the socket's buffer,
   * so nothing is dropped for lack of room.
   */
  String fromHosts() {
    int window = SocketBuffers.receiveBytes() / hosts.streamsIn();
    return new ChannelUriStringBuilder()
        .media("udp")
        .endpoint(hosts.own())
        .socketRcvbufLength(SocketBuffers.receiveBytes()) // whatever the driver's own default is
        .receiverWindowLength(Math.max(window, SMALLEST_WINDOW_BYTES))
        .build();
  }

  /** Largest message that is never cut into fragments. */
  static int largestMessage(int termLengthBytes, int datagramBytes) {
    return Math.min(
        mtu(termLengthBytes, datagramBytes) - DataHeaderFlyweight.HEADER_LENGTH,
        FrameDescriptor.computeMaxMessageLength(termLengthBytes));
  }

  private static int mtu(int termLengthBytes, int datagramBytes) {
    return Math.min(datagramBytes, termLengthBytes / 8);
  }
}
