package io.hybnext.tests.health;

import io.hybnext.actors.health.Cause;
import java.util.Set;

/** What is done to a run, and what it should say of it. */
enum Ailment {
  /** The thread of a trainer that computes is held; its process lives and answers. */
  HUNG_TRAINER(Cause.STALL),
  /** SIGSTOP to a trainer. */
  STOPPED_TRAINER(Cause.MEMBER_SILENT, Cause.STALL),
  /** A trainer gets a fraction of its processor time. */
  SLOW_TRAINER(Cause.SLOW_MEMBER),
  /** The thread of a trainer that reads batches is held, as a disk that hangs would. */
  STARVED_TRAINER(Cause.STARVED),
  /** The Java heap of a trainer is filled with what cannot be collected. */
  FULL_HEAP(Cause.MEMORY_PRESSURE),
  /** SIGKILL to a trainer. */
  KILLED_TRAINER(Cause.MEMBER_DEAD),
  /** SIGKILL to the media driver. */
  KILLED_DRIVER(Cause.DRIVER_LOST),
  /** The disk of the run's folder is filled up to a few MiB. */
  FULL_DISK(Cause.DISK_FULL),
  /** The database server ends as in a crash. */
  LOST_DATABASE(Cause.DATABASE_LOST),
  /** SIGSTOP to an ingestion that follows a folder. */
  HUNG_INTAKE(Cause.STALL),
  /** SIGKILL to the process that leads the run; another stands by. */
  KILLED_COORDINATOR(Cause.MEMBER_DEAD),
  /** A run of its own whose optimiser divides by nothing. */
  NOT_A_NUMBER(Cause.NOT_FINITE);

  private final Set<Cause> causes;

  Ailment(Cause... causes) {
    this.causes = Set.of(causes);
  }

  /** Whether a word names this as the cause. */
  boolean isNamedBy(String cause) {
    return causes.stream().anyMatch(one -> one.word().equals(cause));
  }

  /** Whether it goes beyond what still counts as in time: three slow steps have to be seen. */
  double limitSeconds() {
    return this == SLOW_TRAINER ? 8 : 5;
  }
}
