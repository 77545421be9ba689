package io.hybnext.actors.health;

/**
 * What an actor of the process that leads a run does, other than trainers, which tell {@link
 * Vitals}.
 *
 * @param actor its name
 * @param doing what, as the end of a sentence that begins with the name; {@code is idle} for
 *     nothing
 * @param doingMs for how long
 * @param done how often it finished something
 */
public record ActorReport(String actor, String doing, long doingMs, long done) {}
