package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;

/**
 * Who seals what in a generation, and with which keys: each member's is derived from the
 * generation's secret and its own name and incarnation.
 */
final class Seals {
  private static final int COUNTER_BITS = 40; // messages of one opening of the links

  private final Generation generation;
  private final Hosts hosts;
  private final Encryption when;
  private final Sealer sealer;

  private Seals(Generation generation, Hosts hosts, Encryption when, int opening) {
    this.generation = generation;
    this.hosts = hosts;
    this.when = when;
    sealer = any() ? new Sealer(keyOf(hosts.rank()), (long) opening << COUNTER_BITS) : null;
  }

  /**
   * The seals of a member's links.
   *
   * @param opening rises every time this process opens links
   * @throws ExchangeException when messages are to be sealed and the generation has no key
   */
  static Seals of(Generation generation, Hosts hosts, Encryption when, int opening) {
    return new Seals(generation, hosts, when, opening);
  }

  private boolean any() {
    for (int peer = 0; peer < hosts.members(); peer++) {
      if (peer != hosts.rank() && with(peer)) {
        return true;
      }
    }
    return false;
  }

  /** Whether messages to and from a member are sealed. */
  boolean with(int peer) {
    return when == Encryption.ALWAYS || (when == Encryption.BETWEEN_HOSTS && !hosts.sameHost(peer));
  }

  /** Whether what goes to all members that are reached by datagrams, or by memory, is sealed. */
  boolean toAll(boolean byDatagram) {
    for (int peer = 0; peer < hosts.members(); peer++) {
      if (peer != hosts.rank() && hosts.byMemory(peer) != byDatagram && with(peer)) {
        return true;
      }
    }
    return false;
  }

  /** Seals what this member sends; null when it seals nothing. */
  Sealer sealer() {
    return sealer;
  }

  /** Opens what a member sends to this one alone; null when it comes in the clear. */
  Opener fromMember(int peer) {
    return with(peer) ? new Opener(keyOf(peer), hosts.rank()) : null;
  }

  /** Opens what a member sends to all; null when it comes in the clear. */
  Opener fromMemberToAll(int peer) {
    return with(peer) ? new Opener(keyOf(peer), MessageSeal.TO_ALL) : null;
  }

  private ExchangeKey keyOf(int rank) {
    if (generation.key().isNone()) {
      throw new ExchangeException(
          "generation "
              + generation.number()
              + " came without a key and exchange.encryption wants messages sealed: the coordinator"
              + " must hand keys out, or set exchange.encryption = never");
    }
    Member member = generation.members().get(rank);
    return generation
        .key()
        .derive(
            "hybnext exchange 1|"
                + generation.run()
                + "|"
                + generation.number()
                + "|"
                + member.trainer()
                + "|"
                + member.incarnation());
  }
}
