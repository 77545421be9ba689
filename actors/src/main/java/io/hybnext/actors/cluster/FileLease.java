package io.hybnext.actors.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.javadsl.Lease;

/**
 * What the parts of a split cluster compete for, so that only one of them goes on: a lock on a file
 * that all hosts of the run see ({@link RunLock}). Made by Pekko from {@code hybnext.lease}.
 */
public final class FileLease extends Lease {
  /** Path of the file; empty when there is none, and then nobody gets the lease. */
  static final String FILE = "hybnext.lease.file";

  private final LeaseSettings settings;
  private final String file;
  private RunLock lock; // null while it is not held

  /** Called by Pekko. */
  public FileLease(LeaseSettings settings, ExtendedActorSystem system) {
    this.settings = settings;
    file = system.settings().config().getString(FILE);
  }

  @Override
  public LeaseSettings getSettings() {
    return settings;
  }

  @Override
  public synchronized CompletionStage<Boolean> acquire() {
    if (lock == null && !file.isEmpty()) {
      try {
        lock = RunLock.tryTake(Path.of(file)).orElse(null);
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    return CompletableFuture.completedFuture(lock != null);
  }

  /** The lock cannot be lost while this process lives. */
  @Override
  public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> onLost) {
    return acquire();
  }

  @Override
  public synchronized CompletionStage<Boolean> release() {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
      lock = null;
    }
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public synchronized boolean checkLease() {
    return lock != null;
  }
}
