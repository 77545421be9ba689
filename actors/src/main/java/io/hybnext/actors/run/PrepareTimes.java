package io.hybnext.actors.run;

/**
 * How long a member needed to take a generation.
 *
 * @param openNs from the announcement until it had stopped and its ends of the exchange were open
 * @param settleNs from then until it held the state that the members agreed on
 * @param restored whether it restored the generation's checkpoint, or began from the seed
 */
public record PrepareTimes(long openNs, long settleNs, boolean restored) {}
