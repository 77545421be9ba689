package io.hybnext.actors.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.net.BindException;
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
   * @throws ClusterException with a sentence when it cannot listen there
   */
  static <T> ActorSystem<T> start(Behavior<T> guardian, Endpoint endpoint, String role)
      throws ClusterException {
    try {
      return ActorSystem.create(guardian, SYSTEM, config(endpoint, role));
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

  private static Config config(Endpoint endpoint, String role) {
    Config address =
        ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.canonical.hostname",
                endpoint.host(),
                "pekko.remote.artery.canonical.port",
                endpoint.port(),
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

  /** Joins the cluster that the member at {@code seed} belongs to, or forms it when that is us. */
  static void join(ActorSystem<?> system, Endpoint seed) {
    Address address =
        AddressFromURIString.parse("pekko://" + SYSTEM + "@" + seed.host() + ":" + seed.port());
    Cluster.get(system).manager().tell(new JoinSeedNodes(List.of(address)));
  }
}
