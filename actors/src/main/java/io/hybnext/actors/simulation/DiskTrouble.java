package io.hybnext.actors.simulation;

/** Decides what becomes of each operation of a {@link SimulatedDisk}. */
@FunctionalInterface
interface DiskTrouble {

  /** Every operation does what it says. */
  DiskTrouble NONE = (operation, number) -> Outcome.DONE;

  /** Operations that change something. */
  enum Operation {
    /** A file is made, replaced or added to. */
    WRITE,
    /** A folder is made. */
    FOLDER,
    /** A file or folder gets another name. */
    MOVE,
    /** A file or folder is removed. */
    DELETE,
    /** Something is flushed. */
    FORCE
  }

  /** What becomes of one. */
  enum Outcome {
    /** All of it is done. */
    DONE,
    /** Nothing, or a part of a write, is done, and the caller is told. */
    FAILS,
    /** The caller's process ends before it. */
    CRASH_BEFORE,
    /** The caller's process ends within it: a part of a write is done, of all else all. */
    CRASH_WITHIN
  }

  /**
   * Decides.
   *
   * @param number of operations before it
   */
  Outcome of(Operation operation, long number);
}
