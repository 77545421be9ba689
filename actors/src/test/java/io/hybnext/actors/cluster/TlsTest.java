package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that prove to each other who they are. */
@Timeout(120)
class TlsTest {
  @TempDir static Path folder;

  private final List<ActorSystem<?>> systems = new ArrayList<>();

  @BeforeAll
  static void makeTwoAuthorities() throws Exception {
    certificates("ours");
    certificates("theirs");
  }

  /** An authority, and a certificate for members on any host, as keytool makes them. */
  private static void certificates(String name) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name));
    Path store = folder.resolve(name + ".p12");
    keytool(store, "-genkeypair -alias ca -dname CN=ca -ext bc:c=ca:true -keyalg EC");
    keytool(
        store,
        "-genkeypair -alias own -dname CN=hybnext -signer ca -keyalg EC -validity 30 -ext san=ip:127.0.0.1");
    var keys = java.security.KeyStore.getInstance("PKCS12");
    char[] password = "secret".toCharArray();
    try (var in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    pem(own.resolve("ca.crt"), "CERTIFICATE", keys.getCertificate("ca").getEncoded());
    pem(own.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate("own").getEncoded());
    pem(own.resolve("tls.key"), "PRIVATE KEY", keys.getKey("own", password).getEncoded());
  }

  private static void keytool(Path store, String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(
        List.of("-groupname", "secp256r1", "-keystore", store.toString(), "-storepass", "secret"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] said = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor(), new String(said, StandardCharsets.UTF_8));
  }

  private static void pem(Path file, String label, byte[] der) throws IOException {
    String base64 = java.util.Base64.getMimeEncoder().encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
  }

  private static Optional<TlsFiles> proof(String name) {
    return Optional.of(new TlsFiles(folder.resolve(name)));
  }

  @AfterEach
  void terminate() throws Exception {
    for (ActorSystem<?> system : systems) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private ActorSystem<Void> start(Optional<TlsFiles> tls) throws ClusterException {
    ActorSystem<Void> system =
        ClusterNode.start(
            Behaviors.<Void>empty(),
            Endpoint.loopback(),
            "trainer",
            folder.resolve("cluster.lock"),
            tls,
            Optional.empty());
    systems.add(system);
    return system;
  }

  @Test
  void shouldJoinMembersWithCertificatesOfOneAuthorityAndNoOthers() throws Exception {
    ActorSystem<Void> first = start(proof("ours"));
    Endpoint seed = ClusterNode.endpoint(first);
    ClusterNode.join(first, List.of(seed), proof("ours"), Optional.empty());

    ActorSystem<Void> second = start(proof("ours"));
    CompletableFuture<Void> up = new CompletableFuture<>();
    Cluster.get(second).registerOnMemberUp(() -> up.complete(null));
    ClusterNode.join(second, List.of(seed), proof("ours"), Optional.empty());
    up.get(60, TimeUnit.SECONDS);

    ActorSystem<Void> stranger = start(proof("theirs"));
    ClusterException refused =
        assertThrows(
            ClusterException.class,
            () -> ClusterNode.join(stranger, List.of(seed), proof("theirs"), Optional.empty()));
    assertTrue(refused.getMessage().contains("is not one that"), refused.getMessage());
  }

  @Test
  void shouldSayWhichSideUsesNoTls() throws Exception {
    ActorSystem<Void> plain = start(Optional.empty());
    Endpoint seed = ClusterNode.endpoint(plain);
    ClusterException refused =
        assertThrows(ClusterException.class, () -> Doorbell.ring(List.of(seed), proof("ours")));
    assertEquals(
        seed + " does not use TLS, and this process does; give both the same cluster.tls",
        refused.getMessage());
  }

  @Test
  void shouldSayThatOnlyTheOthersUseTls() throws Exception {
    ActorSystem<Void> first = start(proof("ours"));
    Endpoint seed = ClusterNode.endpoint(first);
    ActorSystem<Void> plain = start(Optional.empty());
    String obstacle =
        ClusterNode.join(plain, List.of(seed), Optional.empty(), Optional.empty())
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    assertTrue(obstacle.startsWith(seed + " uses TLS, and this process does not;"), obstacle);
  }

  @Test
  void shouldNotTakeAnySilenceForTls() throws Exception {
    Endpoint seed = ClusterNode.endpoint(start(Optional.empty()));
    Doorbell.ring(List.of(seed), Optional.empty());
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Endpoint mute = new Endpoint("127.0.0.1", silent.getLocalPort());
      Doorbell.ring(List.of(mute), Optional.empty());
    }
  }

  private static String refusal(Path certificates, Instant now) {
    TlsFiles files = new TlsFiles(certificates);
    return assertThrows(ClusterException.class, () -> files.check(now)).getMessage();
  }

  @Test
  void shouldSayWhatIsWrongWithTheFiles() throws Exception {
    Instant now = Instant.now();
    proof("ours").orElseThrow().check(now);
    Path ours = folder.resolve("ours");
    assertTrue(refusal(ours, now.plus(Duration.ofDays(40))).contains("expired on "));
    assertTrue(refusal(ours, now.minus(Duration.ofDays(1))).contains("is not valid before "));

    Path mixed = Files.createDirectories(folder.resolve("mixed"));
    String missing = refusal(mixed, now);
    assertTrue(missing.contains("ca.crt is missing"), missing);
    assertTrue(missing.contains("`hybnext certificates`"), missing);
    Files.copy(folder.resolve("theirs/ca.crt"), mixed.resolve("ca.crt"));
    Files.copy(ours.resolve("tls.crt"), mixed.resolve("tls.crt"));
    Files.copy(folder.resolve("theirs/tls.key"), mixed.resolve("tls.key"));
    assertTrue(refusal(mixed, now).contains("is not signed by ca.crt beside it"));
    Files.delete(mixed.resolve("ca.crt"));
    Files.copy(ours.resolve("ca.crt"), mixed.resolve("ca.crt"));
    assertTrue(refusal(mixed, now).contains("is not that of tls.key beside it"));
    Files.writeString(mixed.resolve("tls.key"), "no key");
    assertTrue(refusal(mixed, now).contains("holds no RSA or elliptic-curve key in PEM"));
  }
}
