package io.hybnext.actors.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.Subscribe;

/** Starts actor systems that make up the cluster of a run. */
final class ClusterNode {
  /** Role of trainer processes. */
  static final String TRAINER = "trainer";

  /** Role of processes that lead the run or stand by to. */
  static final String COORDINATOR = "coordinator";

  private static final String SYSTEM = "hybnext";
  private static final long LOOK_MS = 2_000; // members join within less

  private ClusterNode() {}

  /**
   * Starts an actor system that listens at {@code endpoint}; it has not joined anything yet.
   *
   * @param lease file that the parts of a split cluster compete for; the same for every member
   * @param tls what it proves with that it belongs to the cluster; empty when nobody does
   * @param rendezvous what else it starts with; may be empty
   * @throws ClusterException with a sentence when it cannot listen there, or prove it
   */
  static <T> ActorSystem<T> start(
      Behavior<T> guardian,
      Endpoint endpoint,
      String role,
      Path lease,
      Optional<TlsFiles> tls,
      Optional<Rendezvous> rendezvous)
      throws ClusterException {
    if (tls.isPresent()) {
      tls.get().check(Instant.now());
    }
    try {
      Config own = rendezvous.map(Rendezvous::settings).orElse(ConfigFactory.empty());
      return ActorSystem.create(guardian, SYSTEM, config(endpoint, role, lease, tls, own));
    } catch (RuntimeException e) {
      if (isBindFailure(e)) {
        throw new ClusterException(
            String.format(
                "the cluster cannot listen at %s: the port is in use or the address is not this"
                    + " machine's; give cluster.port another number, or 0 for any free port, or"
                    + " cluster.host an address of this machine",
                endpoint),
            e);
      }
      throw e;
    }
  }

  private static boolean isBindFailure(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof BindException || message.contains("Bind failed")) {
        return true;
      }
    }
    return false;
  }

  private static Config config(
      Endpoint endpoint, String role, Path lease, Optional<TlsFiles> tls, Config own) {
    Config address =
        ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.canonical.hostname",
                endpoint.host(),
                "pekko.remote.artery.canonical.port",
                endpoint.port(),
                FileLease.FILE,
                lease.toAbsolutePath().toString(),
                "pekko.cluster.split-brain-resolver.lease-majority.lease-name",
                leaseName(lease),
                "pekko.cluster.roles",
                List.of(role)));
    Config ours =
        ConfigFactory.parseResources(
            ClusterNode.class,
            "cluster.conf",
            ConfigParseOptions.defaults().setAllowMissing(false));
    Config proof = ConfigFactory.parseMap(tls.map(TlsFiles::remoting).orElse(Map.of()));
    return address
        .withFallback(proof)
        .withFallback(own)
        .withFallback(ours)
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  /** Of the run's folder: runs of one Kubernetes namespace do not compete with each other. */
  static String leaseName(Path lease) {
    String folder = String.valueOf(lease.toAbsolutePath().getParent().getFileName());
    return "hybnext-" + folder.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  /**
   * Tells an actor how many trainer processes of the cluster can be reached, now and whenever
   * members come or go.
   *
   * @param message what it is told of such a number
   */
  static <T> void onTrainers(ActorContext<T> context, IntFunction<T> message) {
    Cluster cluster = Cluster.get(context.getSystem());
    ActorRef<ClusterEvent.MemberEvent> moves =
        context.messageAdapter(
            ClusterEvent.MemberEvent.class, move -> message.apply(trainers(cluster)));
    ActorRef<ClusterEvent.ReachabilityEvent> sights =
        context.messageAdapter(
            ClusterEvent.ReachabilityEvent.class, sight -> message.apply(trainers(cluster)));
    cluster.subscriptions().tell(Subscribe.create(moves, ClusterEvent.MemberEvent.class));
    cluster.subscriptions().tell(Subscribe.create(sights, ClusterEvent.ReachabilityEvent.class));
    context.getSelf().tell(message.apply(trainers(cluster)));
  }

  private static int trainers(Cluster cluster) {
    ClusterEvent.CurrentClusterState state = cluster.state();
    int count = 0;
    for (Member member : state.getMembers()) {
      boolean stays =
          member.status() == MemberStatus.joining()
              || member.status() == MemberStatus.weaklyUp()
              || member.status() == MemberStatus.up();
      if (stays && member.hasRole(TRAINER) && !state.getUnreachable().contains(member)) {
        count++;
      }
    }
    return count;
  }

  /** Where the system listens, with the port that it got. */
  static Endpoint endpoint(ActorSystem<?> system) {
    return endpoint(Cluster.get(system).selfMember().address());
  }

  /** Where a member listens. */
  static Endpoint endpoint(Address address) {
    return new Endpoint(address.host().get(), (Integer) address.port().get());
  }

  /**
   * Joins the cluster that the members at {@code seeds} belong to, or forms it when the first of
   * them is this one and no other answers; or the one that a rendezvous finds.
   *
   * @param tls this process's proof of who it is
   * @return completes with a sentence when a seed turns out to be one that would not talk to this
   *     process; never when it joins
   * @throws ClusterException with a sentence when that is clear at once
   */
  static CompletionStage<String> join(
      ActorSystem<?> system,
      List<Endpoint> seeds,
      Optional<TlsFiles> tls,
      Optional<Rendezvous> rendezvous)
      throws ClusterException {
    if (rendezvous.isPresent()) {
      rendezvous.get().start(system);
      if (rendezvous.get().finds()) {
        return new CompletableFuture<>();
      }
    }
    Endpoint self = endpoint(system);
    List<Endpoint> others = seeds.stream().filter(seed -> !seed.equals(self)).toList();
    if (tls.isPresent()) {
      Doorbell.ring(others, tls);
    }
    List<Address> addresses =
        seeds.stream()
            .map(
                seed ->
                    AddressFromURIString.parse(
                        "pekko://" + SYSTEM + "@" + seed.host() + ":" + seed.port()))
            .toList();
    Cluster.get(system).manager().tell(new JoinSeedNodes(addresses));
    CompletableFuture<String> obstacle = new CompletableFuture<>();
    if (!others.isEmpty()) {
      look(system, others, tls, obstacle);
    }
    return obstacle;
  }

  /** The cluster tries to join in silence: looks now and then why it does not. */
  private static void look(
      ActorSystem<?> system,
      List<Endpoint> seeds,
      Optional<TlsFiles> tls,
      CompletableFuture<String> obstacle) {
    CompletableFuture.delayedExecutor(LOOK_MS, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              boolean ended = system.getWhenTerminated().toCompletableFuture().isDone();
              if (ended || Cluster.get(system).selfMember().status() == MemberStatus.up()) {
                return;
              }
              try {
                Doorbell.ring(seeds, tls);
                look(system, seeds, tls, obstacle);
              } catch (ClusterException e) {
                obstacle.complete(e.getMessage());
              }
            });
  }
}
