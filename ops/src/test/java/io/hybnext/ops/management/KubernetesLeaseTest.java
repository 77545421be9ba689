package io.hybnext.ops.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.hybnext.config.HybnextSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The Lease that decides in Kubernetes which part of a split network goes on, as the settings of a
 * run choose it, against a small server that answers as coordination.k8s.io/v1 does.
 */
@Timeout(120)
class KubernetesLeaseTest {
  private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/training/leases";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A namespace that holds one Lease at most. */
  private static final class Api implements AutoCloseable {
    private final HttpServer server;
    private ObjectNode lease; // null until somebody creates it
    private int version;

    Api() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(LEASES, this::handle);
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
      JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      int status =
          switch (exchange.getRequestMethod()) {
            case "POST" -> create((ObjectNode) body);
            case "PUT" -> update((ObjectNode) body);
            default -> lease == null ? 404 : 200;
          };
      byte[] answer = status < 300 ? JSON.writeValueAsBytes(lease) : new byte[0];
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
      try (var out = exchange.getResponseBody()) {
        out.write(answer);
      }
    }

    private int create(ObjectNode body) {
      if (lease != null) {
        return 409;
      }
      store(body);
      return 201;
    }

    private int update(ObjectNode body) {
      if (!body.at("/metadata/resourceVersion").equals(lease.at("/metadata/resourceVersion"))) {
        return 409;
      }
      store(body);
      return 200;
    }

    private void store(ObjectNode body) {
      lease = body;
      version++;
      ((ObjectNode) lease.path("metadata")).put("resourceVersion", Integer.toString(version));
    }

    /** As if its holder had said so long ago for the last time that it lives. */
    synchronized void age(Duration by) {
      Instant then = Instant.parse(lease.at("/spec/acquireTime").asText()).minus(by);
      String micros = then.toString().substring(0, 19) + ".000000Z";
      ((ObjectNode) lease.path("spec")).put("acquireTime", micros);
    }

    synchronized String holder() {
      return lease.at("/spec/holderIdentity").asText();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private Api api;
  private ActorSystem system;

  @BeforeEach
  void startBoth() throws IOException {
    api = new Api();
    Config chosen =
        ManagementPort.of(
                HybnextSettings.load(HybnextSettings.Source.profile(""))
                    .with(Map.of("cluster.lease", "kubernetes"))
                    .cluster())
            .orElseThrow()
            .settings();
    String prefix = "pekko.coordination.lease.kubernetes.";
    Config here =
        ConfigFactory.parseMap(
            Map.of(
                prefix + "api-service-host",
                "127.0.0.1",
                prefix + "api-service-port",
                api.port(),
                prefix + "secure-api-server",
                false,
                prefix + "namespace",
                "training",
                "pekko.fail-mixed-versions",
                "off",
                "pekko.actor.provider",
                "local"));
    system =
        ActorSystem.create("lease", here.withFallback(chosen).withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stopBoth() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    api.close();
  }

  private Lease lease(String owner) {
    String chosen =
        system
            .settings()
            .config()
            .getString("pekko.cluster.split-brain-resolver.lease-majority.lease-implementation");
    return LeaseProvider.get(system).getLease("run", chosen, owner);
  }

  private static boolean acquire(Lease lease) throws Exception {
    return lease.acquire().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldGiveTheLeaseToOneSideOnlyUntilItIsReleased() throws Exception {
    Lease one = lease("one");
    Lease other = lease("other");
    assertTrue(acquire(one));
    assertEquals("one", api.holder());
    assertFalse(acquire(other));
    assertTrue(one.checkLease());
    assertTrue(one.release().toCompletableFuture().get(60, TimeUnit.SECONDS));
    assertTrue(acquire(other));
    assertEquals("other", api.holder());
  }

  @Test
  void shouldTakeTheLeaseOverFromAHolderThatWasSilentForItsTimeOut() throws Exception {
    assertTrue(acquire(lease("dead")));
    api.age(Duration.ofSeconds(60)); // of the 120 that a holder may be silent
    assertFalse(acquire(lease("heir")));
    api.age(Duration.ofSeconds(120));
    assertTrue(acquire(lease("heir")));
    assertEquals("heir", api.holder());
  }
}
