package io.hybnext.actors.health;

import java.util.Locale;

/** What can be wrong with an actor or a stage; {@link #word} is what journals and metrics have. */
public enum Cause {
  /** No step is committed, or a stage passes nothing on, although there is work. */
  STALL,
  /** A trainer needs much longer for a microshard than the others, or than it did before. */
  SLOW_MEMBER,
  /** Loss or gradient is not a number. */
  NOT_FINITE,
  /** A trainer waits for data. */
  STARVED,
  /** A disk is full, or holds no further checkpoint. */
  DISK_FULL,
  /** The database does not answer. */
  DATABASE_LOST,
  /** A GPU reports errors. */
  DEVICE_FAILING,
  /** Memory of a machine, a GPU or a Java heap is nearly used up. */
  MEMORY_PRESSURE,
  /** A trainer's process ended without being asked to. */
  MEMBER_DEAD,
  /** A trainer's process lives, but nothing is heard of it. */
  MEMBER_SILENT,
  /** A checkpoint could not be written, or takes much longer than the ones before. */
  CHECKPOINT_LATE,
  /** The media driver of the gradient exchange ended. */
  DRIVER_LOST;

  /** As journals and metrics have it, such as {@code disk-full}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
