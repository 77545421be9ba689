package io.hybnext.ops.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.config.ClusterSettings;
import io.hybnext.config.HybnextSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Probes are answered, and members find each other. */
@Timeout(180)
class ManagementPortTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static ClusterSettings settings(int own, int other) {
    return HybnextSettings.load(HybnextSettings.Source.profile(""))
        .with(
            Map.of(
                "cluster.management.port",
                Integer.toString(own),
                "cluster.bootstrap.method",
                "config",
                "cluster.bootstrap.least-contact-points",
                "2",
                "cluster.bootstrap.contact-points",
                "[\"127.0.0.1:" + own + "\", \"127.0.0.1:" + other + "\"]"))
        .cluster();
  }

  private TrainingRunSettings run(ClusterSettings cluster) {
    String checkpoints = folder.resolve("checkpoints").toString();
    RunSettings run =
        new RunSettings(
            new RunIdentity("run", "settings", "data", "test"),
            new RunPlan(1, 1, 1, 1, 1, 1, checkpoints, "", "none"),
            RunLimits.DEFAULTS);
    return new TrainingRunSettings(run, Endpoint.loopback(), folder.resolve("run.jsonl"), 1)
        .with(ManagementPort.of(cluster));
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private void awaitReady(int port) throws Exception {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (get(port, "/ready").statusCode() != 200) {
      assertTrue(System.nanoTime() < deadlineNs, "not ready");
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
          .join();
    }
  }

  @Test
  void shouldLetMembersFindEachOtherAndAnswerProbes() throws Exception {
    int one = freePort();
    int two = freePort();
    TrainingRun leader =
        TrainingRun.start(run(settings(one, two)), TrainerLauncher.none(), event -> {});
    TrainingRun standby =
        TrainingRun.standBy(run(settings(two, one)), List.of(), ExchangeHost.none(), event -> {});
    try {
      assertEquals(200, get(one, "/alive").statusCode());
      awaitReady(one);
      awaitReady(two);
      String seeds = get(two, "/bootstrap/seed-nodes").body();
      for (TrainingRun run : List.of(leader, standby)) {
        assertTrue(seeds.contains(":" + run.endpoint().port()), seeds);
      }
      ClusterException taken =
          assertThrows(
              ClusterException.class,
              () ->
                  TrainingRun.standBy(
                      run(settings(two, one)), List.of(), ExchangeHost.none(), event -> {}));
      assertTrue(taken.getMessage().contains("cluster.management.port"), taken.getMessage());
    } finally {
      standby.leave();
      leader.leave();
    }
  }

  @Test
  void shouldListenToThisMachineAloneUnlessTold() {
    Config own = ManagementPort.of(settings(7626, 7627)).orElseThrow().settings();
    assertEquals("127.0.0.1", own.getString("pekko.management.http.hostname"));
    assertEquals(7626, own.getInt("pekko.management.http.port"));
  }

  @Test
  void shouldBeNothingWhereNobodyAsksForIt() {
    ClusterSettings plain = HybnextSettings.load(HybnextSettings.Source.profile("")).cluster();
    assertEquals(Optional.empty(), ManagementPort.of(plain));
  }

  /** A key that these libraries do not know would change nothing, in silence. */
  @Test
  void shouldSetWhatTheLibrariesKnow() throws Exception {
    ClusterSettings kubernetes =
        HybnextSettings.load(HybnextSettings.Source.profile("kubernetes")).cluster();
    Config own = ManagementPort.of(kubernetes).orElseThrow().settings();
    Config known = ConfigFactory.load();
    own.entrySet()
        .forEach(
            setting -> {
              String key = setting.getKey();
              boolean named = key.contains("readiness-checks.") || key.contains("lease-majority.");
              assertTrue(named || known.hasPathOrNull(key), key);
            });
    String lease =
        own.getString("pekko.cluster.split-brain-resolver.lease-majority.lease-implementation");
    assertTrue(
        org.apache.pekko.coordination.lease.javadsl.Lease.class.isAssignableFrom(
                Class.forName(own.getString(lease + ".lease-class")))
            || org.apache.pekko.coordination.lease.scaladsl.Lease.class.isAssignableFrom(
                Class.forName(own.getString(lease + ".lease-class"))));
    assertTrue(known.hasPath("pekko.discovery.kubernetes-api.class"));
  }
}
