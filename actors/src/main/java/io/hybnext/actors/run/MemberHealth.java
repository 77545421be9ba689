package io.hybnext.actors.run;

/**
 * How one member does.
 *
 * @param trainer its name
 * @param rank its number in the generation
 * @param lastHeardMs milliseconds since its last message
 * @param computeMs forward and backward of a step, smoothed
 * @param exchangeMs waiting for other members in a step, smoothed
 * @param dataWaitMs waiting for batches in a step, smoothed
 * @param straggler whether the others wait for it
 */
public record MemberHealth(
    String trainer,
    int rank,
    long lastHeardMs,
    double computeMs,
    double exchangeMs,
    double dataWaitMs,
    boolean straggler) {}
