package io.hybnext.ops.management;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Rendezvous;
import io.hybnext.config.ClusterSettings;
import io.hybnext.config.ClusterSettings.Bootstrap;
import io.hybnext.config.ClusterSettings.Discovery;
import io.hybnext.config.ClusterSettings.Lease;
import io.hybnext.config.ClusterSettings.Management;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;

/**
 * A process's management port: {@code /alive} and {@code /ready} for probes, and where members ask
 * each other for a cluster to join when {@code cluster.bootstrap} says how they find each other.
 */
public final class ManagementPort implements Rendezvous {
  /** Name of the port in Kubernetes' manifests. */
  static final String PORT_NAME = "management";

  private static final String LEASE = "pekko.coordination.lease.kubernetes";
  private static final int BIND_S = 60; // a machine that starts many processes at once is slow

  private final ClusterSettings cluster;

  private ManagementPort(ClusterSettings cluster) {
    this.cluster = cluster;
  }

  /** What the settings ask for; empty when they ask for nothing of it. */
  public static Optional<Rendezvous> of(ClusterSettings cluster) {
    return cluster.management().isOn() || cluster.lease() == Lease.KUBERNETES
        ? Optional.of(new ManagementPort(cluster))
        : Optional.empty();
  }

  @Override
  public Config settings() {
    Map<String, Object> settings = new HashMap<>();
    addPort(settings);
    if (finds()) {
      addBootstrap(settings);
    }
    if (cluster.lease() == Lease.KUBERNETES) {
      addLease(settings);
    }
    return ConfigFactory.parseMap(settings);
  }

  private void addPort(Map<String, Object> settings) {
    Management management = cluster.management();
    String http = "pekko.management.http.";
    settings.put(http + "hostname", host());
    settings.put(http + "port", management.port());
    settings.put(http + "route-providers-read-only", true);
    settings.put(
        "pekko.management.health-checks.readiness-checks.hybnext", Readiness.class.getName());
  }

  private String host() {
    String given = cluster.management().host();
    return given.isEmpty() ? "127.0.0.1" : given;
  }

  private void addBootstrap(Map<String, Object> settings) {
    Bootstrap bootstrap = cluster.bootstrap();
    boolean kubernetes = bootstrap.method() == Discovery.KUBERNETES_API;
    String prefix = "pekko.management.cluster.bootstrap.";
    String discovery = prefix + "contact-point-discovery.";
    settings.put(discovery + "discovery-method", kubernetes ? "kubernetes-api" : "config");
    settings.put(discovery + "service-name", bootstrap.service());
    settings.put(discovery + "required-contact-point-nr", bootstrap.leastContactPoints());
    settings.put(discovery + "contact-with-all-contact-points", false); // one may be down for long
    settings.put(prefix + "contact-point.filter-on-fallback-port", false);
    settings.put(prefix + "contact-point.fallback-port", cluster.management().port());
    if (kubernetes) {
      settings.put(discovery + "port-name", PORT_NAME);
      settings.put("pekko.discovery.kubernetes-api.use-raw-ip", true);
    } else {
      settings.put(
          "pekko.discovery.config.services." + bootstrap.service() + ".endpoints",
          endpoints(bootstrap.contactPoints()));
    }
  }

  private static List<Map<String, Object>> endpoints(List<String> points) {
    return points.stream()
        .map(
            point -> {
              int colon = point.lastIndexOf(':');
              Map<String, Object> endpoint = new HashMap<>();
              endpoint.put("host", point.substring(0, colon));
              endpoint.put("port", Integer.parseInt(point.substring(colon + 1)));
              return endpoint;
            })
        .toList();
  }

  /** A Lease of coordination.k8s.io, which needs no definition of its own. */
  private static void addLease(Map<String, Object> settings) {
    settings.put(
        LEASE + ".lease-class",
        "org.apache.pekko.coordination.lease.kubernetes.NativeKubernetesLease");
    settings.put("pekko.cluster.split-brain-resolver.lease-majority.lease-implementation", LEASE);
  }

  @Override
  public boolean finds() {
    return cluster.bootstrap().isOn();
  }

  @Override
  public void start(ActorSystem<?> system) throws ClusterException {
    if (!cluster.management().isOn()) {
      return;
    }
    try {
      PekkoManagement.get(system).start().toCompletableFuture().get(BIND_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw refused(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(e);
    }
    if (finds()) {
      ClusterBootstrap.get(system).start();
    }
  }

  private ClusterException refused(Exception cause) {
    return new ClusterException(
        "probes cannot be answered at "
            + host()
            + ":"
            + cluster.management().port()
            + ": the port is in use or the address is not this machine's; give"
            + " cluster.management.port another number, or cluster.management.host an address of"
            + " this machine",
        cause);
  }
}
