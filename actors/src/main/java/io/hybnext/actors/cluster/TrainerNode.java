package io.hybnext.actors.cluster;

import io.hybnext.actors.trainer.TrainerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.typed.ActorSystem;

/** A trainer process: joins the run's cluster, trains, and leaves. */
public final class TrainerNode {
  private TrainerNode() {}

  /**
   * Who this process is.
   *
   * @param trainer its name, unique in the run
   * @param incarnation what the launcher gave it; the start time for one that joins by itself
   * @param coordinator where to join
   * @param listen where it listens itself; port 0 for any free one
   * @param runFolder folder of the run, which all its hosts see
   * @param patience how long it waits for another coordinator when it lost one
   * @param host {@code HOST:PORT} at which the media driver of this machine takes datagrams, see
   *     {@link io.hybnext.actors.membership.Member#host}; empty in a run of one machine
   */
  public record Settings(
      String trainer,
      long incarnation,
      Endpoint coordinator,
      Endpoint listen,
      Path runFolder,
      Duration patience,
      String host) {

    /** In a run of one machine. */
    public Settings(
        String trainer,
        long incarnation,
        Endpoint coordinator,
        Endpoint listen,
        Path runFolder,
        Duration patience) {
      this(trainer, incarnation, coordinator, listen, runFolder, patience, "");
    }
  }

  /**
   * Trains until the coordinator ends the run.
   *
   * @return an empty text, or one sentence why it gave up
   * @throws ClusterException with a sentence when it cannot listen at its address
   */
  public static String run(Settings settings, TrainerFactory factory)
      throws ClusterException, InterruptedException {
    CompletableFuture<String> ended = new CompletableFuture<>();
    String place = settings.listen().host() + ", process " + ProcessHandle.current().pid();
    ActorSystem<Trainer.Command> system =
        ClusterNode.start(
            Trainer.create(
                new Trainer.Self(
                    settings.trainer(), settings.incarnation(), place, settings.host()),
                factory,
                settings.patience(),
                ended),
            settings.listen(),
            "trainer",
            settings.runFolder().resolve("cluster.lock"));
    ClusterNode.join(system, List.of(settings.coordinator()));
    // The cluster may end first: when it downs this member, or cannot be joined.
    system
        .getWhenTerminated()
        .thenRun(() -> ended.complete(settings.trainer() + " lost the cluster of the run"));
    try {
      String reason = ended.get();
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get();
      return reason;
    } catch (ExecutionException e) {
      throw new ClusterException(settings.trainer() + " failed: " + e.getCause(), e);
    }
  }
}
