package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;

/**
 * Where a trainer is in the run, for a coordinator that does not know it.
 *
 * @param generation the one that it took last
 * @param intact whether it settled there with the others and can go on
 * @param confirmed number of steps that a coordinator has confirmed to it
 */
public record Position(Generation generation, boolean intact, long confirmed) {}
