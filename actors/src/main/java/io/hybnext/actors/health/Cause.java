package io.hybnext.actors.health;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be wrong with an actor or a stage; {@link #word} is what journals and metrics have. */
public enum Cause {
  /** No step is committed, or a stage passes nothing on, although there is work. */
  STALL(0, "goes on"),
  /** A trainer needs much longer for a microshard than the others, or than it did before. */
  SLOW_MEMBER(500, "keeps pace again"),
  /** Loss or gradient is not a number. */
  NOT_FINITE(0, "has finite losses again"),
  /** A trainer waits for data. */
  STARVED(500, "has data again"),
  /** A disk is full, or holds no further checkpoint. */
  DISK_FULL(0, "has room again"),
  /** The database does not answer. */
  DATABASE_LOST(1_000, "answers again"),
  /** A GPU reports errors. */
  DEVICE_FAILING(0, "reports no errors any more"),
  /** Memory of a machine, a GPU or a Java heap is nearly used up. */
  MEMORY_PRESSURE(1_500, "has memory again"),
  /** A trainer's process ended without being asked to. */
  MEMBER_DEAD(0, "is there again, or replaced"),
  /** A trainer's process lives, but nothing is heard of it. */
  MEMBER_SILENT(2_000, "is heard again"),
  /** A checkpoint could not be written, or takes much longer than the ones before. */
  CHECKPOINT_LATE(0, "are written again"),
  /** The media driver of the gradient exchange ended. */
  DRIVER_LOST(0, "runs again");

  private final long holdMs;
  private final String over;

  Cause(long holdMs, String over) {
    this.holdMs = holdMs;
    this.over = over;
  }

  /** The cause of a word; empty for none. */
  static Optional<Cause> of(String word) {
    return Arrays.stream(values()).filter(cause -> cause.word().equals(word)).findFirst();
  }

  /** As journals and metrics have it, such as {@code disk-full}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How long it has to be so before anybody is told, nanoseconds. */
  long holdNs() {
    return holdMs * 1_000_000;
  }

  /** What is said of the actor when it is over. */
  String over() {
    return over;
  }
}
