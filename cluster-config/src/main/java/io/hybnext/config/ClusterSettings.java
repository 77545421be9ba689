package io.hybnext.config;

import java.util.List;

/**
 * The {@code cluster} section of reference.conf. The Pekko cluster.
 *
 * @param host address of this machine as the others see it
 * @param port 0 = any free one
 * @param seedNodes host:port each; empty = this node starts the cluster
 */
public record ClusterSettings(String host, int port, List<String> seedNodes) {

  /** Checks every value. */
  public ClusterSettings {
    Rule.notBlank("cluster.host", host);
    Rule.between("cluster.port", port, 0, 65535);
    seedNodes = List.copyOf(seedNodes);
    for (String node : seedNodes) {
      Rule.check(
          node.matches("\\S+:\\d{1,5}"),
          "cluster.seed-nodes",
          node,
          "host:port, e.g. 10.0.0.5:25520");
    }
  }
}
