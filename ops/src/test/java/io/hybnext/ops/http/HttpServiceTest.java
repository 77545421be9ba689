package io.hybnext.ops.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.cluster.TlsFiles;
import io.hybnext.ops.certificates.DevelopmentCertificates;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.intake.StreamSystem;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServiceTest {
  private static final HttpLimits LIMITS =
      new HttpLimits(16, 2, 100, Duration.ofSeconds(60), 1000, 1000, 3);
  private static final int PATIENCE_MS = 120_000;

  private static StreamSystem system;
  private static HttpClient client;

  @TempDir private Path folder;
  private HttpService service;
  private AccessTokens tokens;

  @BeforeAll
  static void startSystem() {
    system = new StreamSystem("http-test");
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stopSystem() {
    system.close();
  }

  @AfterEach
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  private void start(HttpLimits limits, boolean asks) {
    tokens = new AccessTokens(folder.resolve("tokens.json"));
    service =
        HttpService.start(
            system.system(),
            new HttpService.Settings(
                "127.0.0.1",
                0,
                Optional.empty(),
                asks ? Optional.of(tokens) : Optional.empty(),
                limits),
            endpoints());
  }

  private static List<Endpoint> endpoints() {
    EventStreams streams = new EventStreams(LIMITS.streams());
    return List.of(
        Endpoint.open("/open", call -> Replies.text(200, "open")),
        Endpoint.get("/look", Role.VIEWER, call -> Replies.text(200, call.principal().name())),
        Endpoint.get("/things/*", Role.VIEWER, call -> Replies.text(200, call.name())),
        Endpoint.get("/events", Role.VIEWER, call -> streams.begin(() -> "{}")),
        Endpoint.get(
            "/defect",
            Role.VIEWER,
            call -> {
              throw new IllegalStateException("secret detail");
            }),
        Endpoint.post(
            "/act",
            Role.OPERATOR,
            call -> Replies.text(200, new String(call.body(), StandardCharsets.UTF_8))));
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(service.url() + path.substring(1)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    return send(to(path).header("Authorization", "Bearer " + token));
  }

  private HttpResponse<String> act(String token, String type, String body) throws Exception {
    HttpRequest.Builder request = to("/act").header("Content-Type", type);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request.POST(BodyPublishers.ofString(body)));
  }

  /** The whole answer to bytes sent as they are; the server ends the connection. */
  private String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private Socket socket() throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(service.url()).getPort());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private String raw(String line, String... headers) throws IOException {
    return raw(
        line
            + " HTTP/1.1\r\nConnection: close\r\n"
            + String.join("", List.of(headers).stream().map(one -> one + "\r\n").toList())
            + "\r\n");
  }

  @Test
  void shouldTakeEverybodyOnLoopbackForTheOperatorWithoutTokens() throws Exception {
    start(LIMITS, false);
    assertEquals("local", send(to("/look")).body());
    assertEquals("{}", act(null, "application/json", "{}").body());
  }

  @Test
  void shouldAskForTokensAndRoles() throws Exception {
    start(LIMITS, true);
    String viewer = tokens.add("vera", Role.VIEWER);
    String operator = tokens.add("otto", Role.OPERATOR);
    assertEquals(200, send(to("/open")).statusCode());
    HttpResponse<String> nobody = send(to("/look"));
    assertEquals(401, nobody.statusCode());
    assertEquals("Bearer", nobody.headers().firstValue("WWW-Authenticate").orElse(""));
    assertEquals(401, get("/look", "hyb_wrong").statusCode());
    assertEquals("vera", get("/look", viewer).body());
    assertEquals(401, act(null, "application/json", "{}").statusCode());
    assertEquals(403, act(viewer, "application/json", "{}").statusCode());
    assertEquals("{}", act(operator, "application/json", "{}").body());
    assertEquals(401, send(to("/nowhere")).statusCode(), "tells nobody what there is");
    assertEquals(404, get("/nowhere", viewer).statusCode());
    assertEquals(405, get("/act", operator).statusCode());
  }

  @Test
  void shouldKeepNoTokenInItsFileAndForgetOneThatIsTakenAway() throws Exception {
    start(LIMITS, true);
    String token = tokens.add("vera", Role.VIEWER);
    assertFalse(java.nio.file.Files.readString(folder.resolve("tokens.json")).contains(token));
    assertEquals(200, get("/look", token).statusCode());
    assertTrue(tokens.remove("vera"));
    assertEquals(401, get("/look", token).statusCode());
  }

  @Test
  void shouldRememberBrowsersByACookieUntilTheyLeave() throws Exception {
    start(LIMITS, true);
    String token = tokens.add("vera", Role.VIEWER);
    HttpResponse<String> session =
        send(
            to("/api/session")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody()));
    String set = session.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(set.contains("HttpOnly") && set.contains("SameSite=Strict"), set);
    assertFalse(set.contains(token));
    String cookie = set.substring(0, set.indexOf(';'));
    assertEquals("vera", send(to("/look").header("Cookie", "a=b; " + cookie)).body());
    assertEquals(200, send(to("/api/session").header("Cookie", cookie).DELETE()).statusCode());
    assertEquals(401, send(to("/look").header("Cookie", cookie)).statusCode());
  }

  @Test
  void shouldEndSessionsOfTokensThatAreTakenAway() throws Exception {
    start(LIMITS, true);
    String token = tokens.add("vera", Role.VIEWER);
    String cookie =
        send(to("/api/session")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody()))
            .headers()
            .firstValue("Set-Cookie")
            .orElse("")
            .replaceFirst(";.*", "");
    assertEquals(200, send(to("/look").header("Cookie", cookie)).statusCode());
    tokens.remove("vera");
    assertEquals(401, send(to("/look").header("Cookie", cookie)).statusCode());
  }

  @Test
  void shouldLetNobodyTryManyTokens() throws Exception {
    start(LIMITS, true);
    String token = tokens.add("vera", Role.VIEWER);
    for (int i = 0; i < LIMITS.wrongTokens(); i++) {
      assertEquals(401, get("/look", "hyb_guess" + i).statusCode());
    }
    assertEquals(429, get("/look", token).statusCode());
  }

  @Test
  void shouldRefuseFloods() throws Exception {
    start(new HttpLimits(16, 2, 100, Duration.ofSeconds(60), 5, 0, 3), false);
    for (int i = 0; i < 5; i++) {
      assertEquals(200, send(to("/look")).statusCode());
    }
    HttpResponse<String> refused = send(to("/look"));
    assertEquals(429, refused.statusCode());
    assertTrue(refused.headers().firstValue("Retry-After").isPresent());
  }

  @Test
  void shouldRefuseNamesThatWereMadeToPointHere() throws Exception {
    start(LIMITS, false);
    assertTrue(raw("GET /look", "Host: rebound.example").startsWith("HTTP/1.1 403"));
    assertTrue(raw("GET /look", "Host: 127.0.0.1.evil.example").startsWith("HTTP/1.1 403"));
    assertTrue(raw("GET /look", "Host: localhost:1").startsWith("HTTP/1.1 200"));
  }

  @Test
  void shouldRefuseOtherSites() throws Exception {
    start(LIMITS, false);
    HttpRequest.Builder foreign = to("/look").header("Origin", "http://evil.example");
    assertEquals(403, send(foreign).statusCode());
    HttpRequest.Builder form =
        to("/act")
            .header("Content-Type", "application/json")
            .header("Sec-Fetch-Site", "cross-site")
            .POST(BodyPublishers.ofString("{}"));
    assertEquals(403, send(form).statusCode());
    assertEquals(415, act(null, "text/plain", "{}").statusCode());
    String own = service.url().substring(0, service.url().length() - 1);
    assertEquals(200, send(to("/look").header("Origin", own)).statusCode());
  }

  @Test
  void shouldRefuseLargeBodies() throws Exception {
    start(LIMITS, false);
    assertEquals(200, act(null, "application/json", "x".repeat(100)).statusCode());
    assertEquals(413, act(null, "application/json", "x".repeat(101)).statusCode());
    String chunked =
        raw(
            "POST /act HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "c8\r\n"
                + "x".repeat(200)
                + "\r\n0\r\n\r\n");
    assertTrue(chunked.startsWith("HTTP/1.1 413"), chunked);
  }

  @Test
  void shouldLetNoPathLeadOut() throws Exception {
    start(LIMITS, false);
    assertEquals("picture.png", send(to("/things/picture.png")).body());
    for (String path :
        List.of(
            "/things/../etc/passwd",
            "/things/..",
            "/things/%2e%2e",
            "/things/..%2fetc%2fpasswd",
            "/things/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "/things/a%5c..%5cb",
            "/things/a/b",
            "/things//etc/passwd",
            "/things/a%00.png",
            "/things/.hidden",
            "/things/")) {
      String answer = raw("GET " + path, "Host: localhost");
      assertTrue(answer.matches("(?s)HTTP/1.1 40[04].*"), path + ": " + answer);
    }
  }

  @Test
  void shouldTellNoDetailsOfDefects() throws Exception {
    start(LIMITS, false);
    HttpResponse<String> answer = send(to("/defect"));
    assertEquals(500, answer.statusCode());
    assertFalse(answer.body().contains("secret"));
  }

  @Test
  void shouldTellBrowsersToTakeNothingFromElsewhere() throws Exception {
    start(LIMITS, false);
    HttpResponse<String> answer = send(to("/open"));
    assertTrue(
        answer.headers().firstValue("Content-Security-Policy").orElse("").contains("'self'"));
    assertEquals("DENY", answer.headers().firstValue("X-Frame-Options").orElse(""));
    assertTrue(answer.headers().firstValue("Server").isEmpty());
  }

  @Test
  void shouldEndConnectionsThatSendNothing() throws Exception {
    start(new HttpLimits(16, 2, 100, Duration.ofMillis(300), 10, 10, 3), false);
    try (Socket silent = socket()) {
      assertTrue(isEnded(silent));
    }
  }

  @Test
  void shouldEndConnectionsThatSendAByteNowAndThen() throws Exception {
    start(new HttpLimits(16, 2, 100, Duration.ofMillis(300), 10, 10, 3), false);
    try (Socket slow = socket()) {
      slow.setSoTimeout(50);
      slow.getOutputStream().write("GET /look HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.UTF_8));
      boolean ended = false;
      for (int i = 0; i < PATIENCE_MS / 50 && !ended; i++) {
        try {
          ended = isEnded(slow);
        } catch (SocketTimeoutException open) {
          ended = !sends(slow);
        }
      }
      assertTrue(ended);
    }
  }

  private static boolean sends(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write('l');
      return true;
    } catch (SocketException reset) {
      return false;
    }
  }

  private static boolean isEnded(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        continue; // a refusal, perhaps
      }
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void shouldBoundStreamsOfEvents() throws Exception {
    start(LIMITS, false);
    try (InputStream first = stream();
        InputStream second = stream()) {
      assertEquals('d', first.read());
      assertEquals('d', second.read());
      assertEquals(503, send(to("/events")).statusCode());
    }
  }

  private InputStream stream() throws Exception {
    return client.send(to("/events").build(), BodyHandlers.ofInputStream()).body();
  }

  @Test
  void shouldListenBeyondLoopbackOnlyWithTlsAndTokens() {
    AccessTokens none = new AccessTokens(folder.resolve("none.json"));
    Optional<TlsFiles> tls = Optional.of(new TlsFiles(folder));
    refused(new HttpService.Settings("0.0.0.0", 0, Optional.empty(), Optional.empty(), LIMITS));
    refused(new HttpService.Settings("0.0.0.0", 0, tls, Optional.empty(), LIMITS));
    refused(new HttpService.Settings("0.0.0.0", 0, Optional.empty(), Optional.of(none), LIMITS));
    refused(new HttpService.Settings("0.0.0.0", 0, tls, Optional.of(none), LIMITS));
  }

  private static void refused(HttpService.Settings settings) {
    CommandFailure failure =
        assertThrows(
            CommandFailure.class, () -> HttpService.start(system.system(), settings, endpoints()));
    assertTrue(failure.getMessage().contains("hybnext token add"), failure.getMessage());
  }

  @Test
  void shouldSpeakTls() throws Exception {
    Path certificates =
        new DevelopmentCertificates(folder.resolve("tls")).make(List.of("127.0.0.1"), 1).get(0);
    TlsFiles files = new TlsFiles(certificates);
    tokens = new AccessTokens(folder.resolve("tokens.json"));
    String token = tokens.add("vera", Role.VIEWER);
    service =
        HttpService.start(
            system.system(),
            new HttpService.Settings(
                "127.0.0.1", 0, Optional.of(files), Optional.of(tokens), LIMITS),
            endpoints());
    assertTrue(service.url().startsWith("https://"));
    HttpClient trusting = HttpClient.newBuilder().sslContext(files.context()).build();
    HttpRequest.Builder request = to("/look").header("Authorization", "Bearer " + token);
    assertEquals("vera", trusting.send(request.build(), BodyHandlers.ofString()).body());
    HttpResponse<String> session =
        trusting.send(
            to("/api/session")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    assertTrue(session.headers().firstValue("Set-Cookie").orElse("").contains("Secure"));
  }
}
