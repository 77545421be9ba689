/**
 * A whole run in one thread and in no time: coordinator, trainers, network and disk are driven by
 * one queue of events, everything that is random follows from a seed, and the protocol's own code
 * runs in the middle. Faults are injected, and what must always hold is checked at every event.
 * Read {@link io.hybnext.actors.simulation.Simulation} first.
 */
package io.hybnext.actors.simulation;
