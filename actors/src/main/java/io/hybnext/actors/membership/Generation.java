package io.hybnext.actors.membership;

import java.util.List;

/**
 * A view of the run's members. The coordinator makes the next one whenever the set of members has
 * to change; messages of an older one are dropped. Nothing that a step computes depends on it.
 *
 * @param run identifier of the run
 * @param number rises by at least one with every view of the run, also over restarts of everything
 * @param members in the order of their ranks
 * @param startStep number of the first step it runs
 * @param checkpoint folder to restore from, absolute; empty to start from the seed
 * @param aeronDirectory folder of the media driver that local members share
 * @param channel Aeron channel of the gradient exchange, e.g. {@code aeron:ipc}
 * @param key secret of the gradient exchange, for members that seal their messages
 */
public record Generation(
    String run,
    long number,
    List<Member> members,
    long startStep,
    String checkpoint,
    String aeronDirectory,
    String channel,
    ExchangeKey key) {

  /** A generation whose messages go in the clear. */
  public Generation(
      String run,
      long number,
      List<Member> members,
      long startStep,
      String checkpoint,
      String aeronDirectory,
      String channel) {
    this(run, number, members, startStep, checkpoint, aeronDirectory, channel, ExchangeKey.NONE);
  }

  /** Copies the list. */
  public Generation {
    members = List.copyOf(members);
  }

  /** Number of members. */
  public int worldSize() {
    return members.size();
  }

  /**
   * The place of a trainer.
   *
   * @throws IllegalArgumentException when it is not a member
   */
  public Member member(String trainer) {
    Member found = find(trainer);
    if (found == null) {
      throw new IllegalArgumentException(trainer + " is not a member of generation " + number);
    }
    return found;
  }

  /** Whether a trainer takes part. */
  public boolean isMember(String trainer) {
    return find(trainer) != null;
  }

  private Member find(String trainer) { // asked for every message: no streams here
    for (Member member : members) {
      if (member.trainer().equals(trainer)) {
        return member;
      }
    }
    return null;
  }

  /** Number of microshards of a global batch. */
  public int microshards() {
    return members.get(members.size() - 1).microshards().end();
  }
}
