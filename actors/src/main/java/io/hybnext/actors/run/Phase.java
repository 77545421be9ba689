package io.hybnext.actors.run;

/** Where a run stands. */
public enum Phase {
  /** Nothing happened yet. */
  CREATED,
  /** Waits for trainers. */
  GATHERING,
  /** Looks up the newest good checkpoint. */
  RESOLVING,
  /** Members restore and connect. */
  PREPARING,
  /** Steps are done. */
  RUNNING,
  /** Waits for trainers to leave. */
  LEAVING,
  /** Over. */
  ENDED
}
