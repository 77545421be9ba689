package io.hybnext.actors.membership;

/**
 * A trainer's place in a generation.
 *
 * @param trainer its name, unique in the run, e.g. {@code trainer-0}; stays when it is restarted
 * @param incarnation tells a restarted process from the one before
 * @param rank its number in this generation, from 0
 * @param microshards what it computes in every step
 */
public record Member(String trainer, long incarnation, int rank, MicroshardRange microshards) {}
