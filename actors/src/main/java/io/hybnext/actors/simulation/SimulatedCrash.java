package io.hybnext.actors.simulation;

/** The process that was doing something is no more: an error, so that no code goes on after it. */
final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1L;

  SimulatedCrash(String where) {
    super(where, null, false, false);
  }
}
