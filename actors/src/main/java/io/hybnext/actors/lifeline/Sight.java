package io.hybnext.actors.lifeline;

/** What is known of a process whose beats do not come, by other means than its beats. */
public enum Sight {
  /** It was stopped: it will not beat before it is told to go on. */
  STOPPED,
  /** It is not stopped, so it is busy, starved of processor time, or collects garbage. */
  RUNNING,
  /** It cannot be seen from here; others wait for it. */
  WAITED_FOR,
  /** It cannot be seen from here, and nobody is known to wait for it. */
  UNKNOWN
}
