package io.hybnext.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The {@code cluster} section of reference.conf. The Pekko cluster.
 *
 * @param host address of this machine as the others see it
 * @param port 0 = any free one
 * @param tls where members talk through TLS and prove who they are
 * @param certificates folder with ca.crt, tls.crt and tls.key of this host
 * @param seedNodes host:port each; empty = this node starts the cluster
 * @param silenceLimit least time that nothing is heard of a trainer before others go on without it
 * @param statePatience how long trainers wait for silent ones that alone hold the run's state
 * @param coordinatorPatience how long a trainer waits for another coordinator when it lost one
 * @param management where probes ask, and members find each other
 * @param bootstrap how members find each other where nobody tells them addresses
 * @param lease what the parts of a split cluster compete for
 */
public record ClusterSettings(
    String host,
    int port,
    ExchangeSettings.Encryption tls,
    Path certificates,
    List<String> seedNodes,
    Duration silenceLimit,
    Duration statePatience,
    Duration coordinatorPatience,
    Management management,
    Bootstrap bootstrap,
    Lease lease) {

  /** What the parts of a split cluster compete for. */
  public enum Lease {
    FILE,
    KUBERNETES
  }

  /**
   * Where probes ask, and other members find this one, over HTTP.
   *
   * @param host address that others reach it at; empty = loopback
   * @param port 0 = none
   */
  public record Management(String host, int port) {

    /** Checks every value. */
    public Management {
      Rule.between("cluster.management.port", port, 0, 65535);
    }

    /** Whether there is one. */
    public boolean isOn() {
      return port > 0;
    }
  }

  /** How members find each other's management ports. */
  public enum Discovery {
    NONE,
    CONFIG,
    KUBERNETES_API
  }

  /**
   * How members find each other where nobody tells them addresses.
   *
   * @param method where addresses come from
   * @param service name of the service, in Kubernetes the label {@code app} of its pods
   * @param contactPoints host:port of management ports each, for {@link Discovery#CONFIG}
   * @param leastContactPoints number of members that must be found before a cluster is formed
   */
  public record Bootstrap(
      Discovery method, String service, List<String> contactPoints, int leastContactPoints) {

    /** Checks every value. */
    public Bootstrap {
      Rule.notBlank("cluster.bootstrap.service", service);
      Rule.between("cluster.bootstrap.least-contact-points", leastContactPoints, 1, 1000);
      contactPoints = List.copyOf(contactPoints);
      for (String point : contactPoints) {
        Rule.check(
            point.matches("\\S+:\\d{1,5}"),
            "cluster.bootstrap.contact-points",
            point,
            "host:port of management ports, e.g. 10.0.0.5:7626");
      }
      Rule.check(
          method != Discovery.CONFIG || contactPoints.size() >= leastContactPoints,
          "cluster.bootstrap.contact-points",
          contactPoints,
          "at least " + leastContactPoints + " of them, with cluster.bootstrap.method = config");
    }

    /** Whether members find each other like this. */
    public boolean isOn() {
      return method != Discovery.NONE;
    }
  }

  /** Checks every value. */
  public ClusterSettings {
    Rule.notBlank("cluster.host", host);
    Rule.between("cluster.port", port, 0, 65535);
    Rule.check(
        silenceLimit.toMillis() >= 100 && silenceLimit.compareTo(Duration.ofMinutes(1)) <= 0,
        "cluster.silence-limit",
        silenceLimit,
        "from 100 ms to 60 s");
    Rule.check(
        !statePatience.isNegative() && statePatience.compareTo(Duration.ofHours(1)) <= 0,
        "cluster.state-patience",
        statePatience,
        "from 0 s to 1 h");
    Rule.check(
        coordinatorPatience.toSeconds() >= 1
            && coordinatorPatience.compareTo(Duration.ofHours(24)) <= 0,
        "cluster.coordinator-patience",
        coordinatorPatience,
        "from 1 s to 24 h");
    Rule.check(
        !bootstrap.isOn() || management.isOn(),
        "cluster.management.port",
        management.port(),
        "a port, with cluster.bootstrap.method other than none");
    seedNodes = List.copyOf(seedNodes);
    for (String node : seedNodes) {
      Rule.check(
          node.matches("\\S+:\\d{1,5}"),
          "cluster.seed-nodes",
          node,
          "host:port, e.g. 10.0.0.5:25520");
    }
  }

  /** Whether this process proves who it is, and asks others to: where other hosts can reach it. */
  public boolean usesTls() {
    return switch (tls) {
      case ALWAYS -> true;
      case NEVER -> false;
      case BETWEEN_HOSTS -> !isLoopback();
    };
  }

  /** Whether no other host can reach this process. */
  public boolean isLoopback() {
    return host.equals("localhost")
        || host.startsWith("127.")
        || host.equals("::1")
        || host.equals("[::1]");
  }
}
