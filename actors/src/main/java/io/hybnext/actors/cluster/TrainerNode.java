package io.hybnext.actors.cluster;

import io.hybnext.actors.trainer.TrainerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;

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
   * @param tls what it proves with that it belongs to the cluster; empty without TLS
   * @param rendezvous how it finds the cluster and is watched from outside; may be empty
   */
  public record Settings(
      String trainer,
      long incarnation,
      Endpoint coordinator,
      Endpoint listen,
      Path runFolder,
      Duration patience,
      String host,
      Optional<TlsFiles> tls,
      Optional<Rendezvous> rendezvous) {

    /** In a run of one machine that no other can reach. */
    public Settings(
        String trainer,
        long incarnation,
        Endpoint coordinator,
        Endpoint listen,
        Path runFolder,
        Duration patience) {
      this(
          trainer,
          incarnation,
          coordinator,
          listen,
          runFolder,
          patience,
          "",
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * Trains until the coordinator ends the run.
   *
   * @return an empty text, or one sentence why it gave up
   * @throws ClusterException with a sentence when it cannot listen at its address, or the other
   *     members do not take its proof of who it is
   */
  public static String run(Settings settings, TrainerFactory factory)
      throws ClusterException, InterruptedException {
    return run(settings, factory, new CompletableFuture<>(), LeaderAddress.NONE).reason();
  }

  /**
   * How a trainer ended.
   *
   * @param reason an empty text, or one sentence why it gave up
   * @param elsewhere where to join the run, which was started again after its coordinator was lost
   */
  public record Ending(String reason, Optional<Endpoint> elsewhere) {}

  /**
   * The same until somebody wants this trainer to leave in good order, or the run is led elsewhere.
   *
   * @param leave when it completes, with the reason, the others go on between two steps without
   *     this trainer, and then it ends
   * @param leader asked while the trainer has no coordinator
   */
  public static Ending run(
      Settings settings,
      TrainerFactory factory,
      CompletionStage<String> leave,
      LeaderAddress leader)
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
            ClusterNode.TRAINER,
            settings.runFolder().resolve("cluster.lock"),
            settings.tls(),
            settings.rendezvous());
    try {
      ClusterNode.join(
              system, List.of(settings.coordinator()), settings.tls(), settings.rendezvous())
          .thenAccept(ended::complete);
    } catch (ClusterException e) {
      system.terminate();
      throw e;
    }
    leave.thenAccept(reason -> system.tell(new Trainer.Going(reason)));
    Lookout lookout = new Lookout(system, settings.trainer(), leader);
    lookout.begin();
    AtomicBoolean joined = new AtomicBoolean();
    Cluster.get(system).registerOnMemberUp(() -> joined.set(true));
    // The cluster may end first: when it downs this member, or cannot be joined.
    system.getWhenTerminated().thenRun(() -> ended.complete(lost(settings, joined.get())));
    try {
      String reason = ended.get();
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get();
      return new Ending(reason, lookout.elsewhere(reason));
    } catch (ExecutionException e) {
      throw new ClusterException(settings.trainer() + " failed: " + e.getCause(), e);
    }
  }

  private static String lost(Settings settings, boolean joined) {
    if (joined) {
      return settings.trainer() + " lost the cluster of the run";
    }
    String other =
        settings.tls().isPresent() ? "" : ", or the cluster uses TLS and this process does not";
    return settings.trainer()
        + " cannot join the cluster at "
        + settings.coordinator()
        + ": nobody answers there"
        + other
        + "; see cluster.host, cluster.port and cluster.tls of the process that leads the run";
  }
}
