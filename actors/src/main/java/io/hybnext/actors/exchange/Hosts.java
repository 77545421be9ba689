package io.hybnext.actors.exchange;

import io.aeron.ChannelUri;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.List;
import java.util.stream.IntStream;

/**
 * On which host each member is. Members of one host share its media driver and talk through shared
 * memory; a host takes datagrams for all its members at one endpoint.
 *
 * @param rank this member
 * @param endpoints by rank, {@code HOST:PORT}; empty when none is needed
 * @param sharedMemory whether members of one host use shared memory; otherwise datagrams as well
 */
record Hosts(int rank, List<String> endpoints, boolean sharedMemory) {
  Hosts {
    endpoints = List.copyOf(endpoints);
  }

  /**
   * The hosts of a generation.
   *
   * @throws ExchangeException when an endpoint or the channel cannot be read
   */
  static Hosts of(Generation generation, String trainer) {
    ChannelUri channel = ChannelUri.parse(generation.channel());
    String common = channel.isUdp() ? channel.get("endpoint") : "";
    List<String> endpoints =
        generation.members().stream().map(Member::host).map(h -> h.isEmpty() ? common : h).toList();
    Hosts hosts = new Hosts(generation.member(trainer).rank(), endpoints, channel.isIpc());
    if (!channel.isIpc() || endpoints.stream().distinct().count() > 1) {
      endpoints.forEach(endpoint -> checkEndpoint(generation.channel(), endpoint));
    }
    return hosts;
  }

  private static void checkEndpoint(String channel, String endpoint) {
    if (endpoint == null || !endpoint.matches("(\\[[^\\]]+\\]|[^:]+):[0-9]{1,5}")) {
      throw new ExchangeException(
          "the exchange's channel is "
              + channel
              + " and a member's endpoint "
              + endpoint
              + ": want aeron:ipc or aeron:udp?endpoint=HOST:PORT, and HOST:PORT of every host");
    }
  }

  /** Number of members. */
  int members() {
    return endpoints.size();
  }

  /** Where this member's host takes datagrams. */
  String own() {
    return endpoints.get(rank);
  }

  /** Whether a member is on this member's host. */
  boolean sameHost(int peer) {
    return endpoints.get(peer).equals(own());
  }

  /** Whether this member reaches another through shared memory. */
  boolean byMemory(int peer) {
    return sharedMemory && sameHost(peer);
  }

  /** Other members that are reached through shared memory. */
  int peersByMemory() {
    return (int) peers().filter(this::byMemory).count();
  }

  /** Other members that are reached by datagrams. */
  int peersByDatagram() {
    return members() - 1 - peersByMemory();
  }

  /** Endpoints of the members that are reached by datagrams, each once. */
  List<String> datagramEndpoints() {
    return peers().filter(peer -> !byMemory(peer)).mapToObj(endpoints::get).distinct().toList();
  }

  /** Logs of datagrams that the media driver of this host keeps for all its members. */
  int datagramLogs() {
    int here = (int) IntStream.range(0, members()).filter(this::sameHost).count();
    int elsewhere = sharedMemory ? members() - here : members();
    return elsewhere == 0 ? 0 : here * elsewhere + here + elsewhere * here + elsewhere;
  }

  /** Datagram streams that come to this member's host: a way to each member, and one to all. */
  int streamsIn() {
    int here = (int) IntStream.range(0, members()).filter(this::sameHost).count();
    int senders = sharedMemory ? members() - here : members();
    return Math.max(1, senders * (here + 1));
  }

  private IntStream peers() {
    return IntStream.range(0, members()).filter(peer -> peer != rank);
  }
}
