package io.hybnext.actors.cluster;

/**
 * What became of an order.
 *
 * @param done whether it was carried out
 * @param sentence what is so now, or why it cannot be; for people
 */
public record RunAnswer(boolean done, String sentence) {}
