package io.hybnext.actors.simulation;

/** What a simulated trainer is doing. */
enum Activity {
  /** Asks the plan. */
  IDLE,
  /** A timer ends it. */
  BUSY,
  /** The exchange ends it. */
  SETTLING,
  /** The exchange ends it. */
  FINISHING
}
