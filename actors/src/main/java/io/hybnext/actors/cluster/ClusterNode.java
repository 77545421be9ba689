package io.hybnext.actors.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;

/** Starts actor systems that make up the cluster of a run. */
final class ClusterNode {
  private static final String SYSTEM = "hybnext";

  private ClusterNode() {}

  /**
   * Starts an actor system that listens at {@code endpoint}; it has not joined anything yet.
   *
   * @param lease file that the parts of a split cluster compete for; the same for every member
   * @throws ClusterException with a sentence when it cannot listen there
   */
  static <T> ActorSystem<T> start(Behavior<T> guardian, Endpoint endpoint, String role, Path lease)
      throws ClusterException {
    try {
      return ActorSystem.create(guardian, SYSTEM, config(endpoint, role, lease));
    } catch (RuntimeException e) {
      if (isBindFailure(e)) {
        throw new ClusterException(
            String.format(
                "the cluster cannot listen at %s: the port is in use or the address is not this"
                    + " machine's; give cluster.port another number, or 0 for any free port",
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

  private static Config config(Endpoint endpoint, String role, Path lease) {
    Config address =
        ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.canonical.hostname",
                endpoint.host(),
                "pekko.remote.artery.canonical.port",
                endpoint.port(),
                FileLease.FILE,
                lease.toAbsolutePath().toString(),
                "pekko.cluster.roles",
                List.of(role)));
    Config ours =
        ConfigFactory.parseResources(
            ClusterNode.class,
            "cluster.conf",
            ConfigParseOptions.defaults().setAllowMissing(false));
    return address.withFallback(ours).withFallback(ConfigFactory.load()).resolve();
  }

  /** Where the system listens, with the port that it got. */
  static Endpoint endpoint(ActorSystem<?> system) {
    Address address = Cluster.get(system).selfMember().address();
    return new Endpoint(address.host().get(), (Integer) address.port().get());
  }

  /**
   * Joins the cluster that the members at {@code seeds} belong to, or forms it when the first of
   * them is this one and no other answers.
   */
  static void join(ActorSystem<?> system, List<Endpoint> seeds) {
    List<Address> addresses =
        seeds.stream()
            .map(
                seed ->
                    AddressFromURIString.parse(
                        "pekko://" + SYSTEM + "@" + seed.host() + ":" + seed.port()))
            .toList();
    Cluster.get(system).manager().tell(new JoinSeedNodes(addresses));
  }
}
