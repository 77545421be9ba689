package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.TimeoutSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may decide over a run; a lock in another process: see the tests over processes. */
class RunLockTest {
  @TempDir Path folder;

  @Test
  void shouldBeHeldByOneAtATimeAndGivenBack() throws Exception {
    Path file = folder.resolve("new/run.lock");
    RunLock lock = RunLock.tryTake(file).orElseThrow();
    assertTrue(lock.isHeld());
    assertTrue(RunLock.tryTake(file).isEmpty());
    assertTrue(lock.isHeld()); // to ask does not give it back
    lock.close();
    lock.close();
    assertFalse(lock.isHeld());
    try (RunLock next = RunLock.tryTake(file).orElseThrow()) {
      assertTrue(next.isHeld());
      assertFalse(lock.isHeld());
    }
  }

  @Test
  void shouldKnowThatAnotherTookItWhenTheLockWasForgotten() throws Exception {
    Path file = folder.resolve("run.lock");
    try (RunLock lock = RunLock.tryTake(file).orElseThrow()) {
      Files.writeString(file, "0123456789abcdef0123456789abcdef\n"); // of another machine
      assertFalse(lock.isHeld());
    }
  }

  @Test
  void shouldKnowThatTheFileIsNotTheOneThatItLocked() throws Exception {
    Path file = folder.resolve("run.lock");
    try (RunLock lock = RunLock.tryTake(file).orElseThrow()) {
      Path kept = Files.copy(file, folder.resolve("copy"));
      Files.delete(file);
      assertFalse(lock.isHeld());
      Files.move(kept, file); // the same words in another file
      assertFalse(lock.isHeld());
    }
  }

  @Test
  void shouldGiveTheLeaseToOnePartOfASplitCluster() throws Exception {
    ActorTestKit kit = ActorTestKit.create(config(folder.resolve("cluster.lock").toString()));
    try {
      FileLease one = lease(kit);
      FileLease other = lease(kit);
      assertTrue(acquire(one));
      assertTrue(acquire(one)); // asked again
      assertFalse(acquire(other));
      assertTrue(one.checkLease());
      assertFalse(other.checkLease());
      assertTrue(one.release().toCompletableFuture().get());
      assertFalse(one.checkLease());
      assertTrue(acquire(other));
      assertTrue(other.release().toCompletableFuture().get());
    } finally {
      kit.shutdownTestKit();
    }
  }

  @Test
  void shouldGiveTheLeaseToNobodyWithoutAFile() throws Exception {
    ActorTestKit kit = ActorTestKit.create(config(""));
    try {
      assertFalse(acquire(lease(kit)));
    } finally {
      kit.shutdownTestKit();
    }
  }

  private static boolean acquire(FileLease lease) throws Exception {
    return lease.acquire().toCompletableFuture().get();
  }

  private static Config config(String file) {
    return ConfigFactory.parseMap(Map.of(FileLease.FILE, file)).withFallback(ConfigFactory.load());
  }

  private static FileLease lease(ActorTestKit kit) {
    Config times =
        ConfigFactory.parseString(
            "heartbeat-interval = 1s, heartbeat-timeout = 9s, lease-operation-timeout = 5s");
    LeaseSettings settings =
        new LeaseSettings("lease", "owner", TimeoutSettings.apply(times), times);
    return new FileLease(settings, (ExtendedActorSystem) Adapter.toClassic(kit.system()));
  }
}
