package io.hybnext.actors.checkpoint;

/**
 * Asks every member of a generation for its part.
 *
 * @param step number of steps done when it is taken
 * @param attempt number of the attempt, from 0
 * @param folder where the parts go until they are complete, absolute; belongs to this attempt alone
 */
public record CheckpointRequest(long step, int attempt, String folder) {}
