package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.run.ProgressEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StandbyWatchTest {
  @TempDir Path folder;

  private <T> ActorSystem<T> start(Behavior<T> guardian, String role) throws ClusterException {
    return ClusterNode.start(
        guardian,
        Endpoint.loopback(),
        role,
        folder.resolve("cluster.lock"),
        Optional.empty(),
        Optional.empty());
  }

  private static void end(ActorSystem<?> system) throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldCompeteForALeaseOfTheRunsOwn() throws Exception {
    assertEquals("hybnext-cxr-2", ClusterNode.leaseName(Path.of("/runs/CXR_2/cluster.lock")));
    var system = start(Behaviors.<Void>empty(), ClusterNode.TRAINER);
    String key = "pekko.cluster.split-brain-resolver.lease-majority.lease-name";
    String folderOnly = ClusterNode.leaseName(folder.resolve("cluster.lock"));
    assertEquals(folderOnly, system.settings().config().getString(key));
    end(system);
  }

  @Test
  void shouldTellThatACoordinatorStandsByAndThatItIsGoneAndNothingOfTrainers() throws Exception {
    BlockingQueue<ProgressEvent> told = new LinkedBlockingQueue<>();
    var leader = start(StandbyWatch.create(told::add), ClusterNode.COORDINATOR);
    Endpoint seed = ClusterNode.endpoint(leader);
    ClusterNode.join(leader, List.of(seed), Optional.empty(), Optional.empty());
    var trainer = start(Behaviors.<Void>empty(), ClusterNode.TRAINER);
    CompletableFuture<Void> up = new CompletableFuture<>();
    Cluster.get(trainer).registerOnMemberUp(() -> up.complete(null));
    ClusterNode.join(trainer, List.of(seed), Optional.empty(), Optional.empty());
    up.get(60, TimeUnit.SECONDS);

    var standby = start(Behaviors.<Void>empty(), ClusterNode.COORDINATOR);
    String place = ClusterNode.endpoint(standby).toString();
    ClusterNode.join(standby, List.of(seed), Optional.empty(), Optional.empty());
    assertEquals(new ProgressEvent.StandbyChanged(place, true), told.poll(60, TimeUnit.SECONDS));
    end(standby);
    assertEquals(new ProgressEvent.StandbyChanged(place, false), told.poll(60, TimeUnit.SECONDS));
    end(trainer);
    end(leader);
    assertEquals(0, told.size(), told::toString);
  }
}
