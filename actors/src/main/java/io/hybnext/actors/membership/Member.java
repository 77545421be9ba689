package io.hybnext.actors.membership;

/**
 * A trainer's place in a generation.
 *
 * @param trainer its name, unique in the run, e.g. {@code trainer-0}; stays when it is restarted
 * @param incarnation tells a restarted process from the one before
 * @param rank its number in this generation, from 0
 * @param microshards what it computes in every step
 * @param host {@code HOST:PORT} at which the media driver of its machine takes datagrams; members
 *     with the same one share that driver. Empty in a run of one machine
 */
public record Member(
    String trainer, long incarnation, int rank, MicroshardRange microshards, String host) {

  /** A member of a run of one machine. */
  public Member(String trainer, long incarnation, int rank, MicroshardRange microshards) {
    this(trainer, incarnation, rank, microshards, "");
  }
}
