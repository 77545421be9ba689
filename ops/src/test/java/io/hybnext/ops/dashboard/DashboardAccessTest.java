package io.hybnext.ops.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.config.DashboardSettings;
import io.hybnext.ops.http.AccessTokens;
import io.hybnext.ops.http.Endpoint;
import io.hybnext.ops.http.HttpLimits;
import io.hybnext.ops.http.HttpService;
import io.hybnext.ops.http.Role;
import io.hybnext.ops.intake.StreamSystem;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route of the server's own table, asked for by everybody: whoever adds a route says here who
 * may use it.
 */
@TestInstance(Lifecycle.PER_CLASS) // what one test asks for changes nothing for the next
class DashboardAccessTest {
  private static final String ANYBODY = "anybody";
  private static final String VIEWER = "viewer";
  private static final String OPERATOR = "operator";

  private static final Map<String, String> RULES =
      Map.ofEntries(
          Map.entry("GET /", ANYBODY),
          Map.entry("GET /app.css", ANYBODY),
          Map.entry("GET /icon.svg", ANYBODY),
          Map.entry("GET /chart.js", ANYBODY),
          Map.entry("GET /app.js", ANYBODY),
          Map.entry("GET /dom.js", ANYBODY),
          Map.entry("GET /format.js", ANYBODY),
          Map.entry("GET /charts.js", ANYBODY),
          Map.entry("GET /sections.js", ANYBODY),
          Map.entry("GET /pictures.js", ANYBODY),
          Map.entry("GET /act.js", ANYBODY),
          Map.entry("GET /alive", ANYBODY),
          Map.entry("GET /ready", ANYBODY),
          Map.entry("GET /api/events", VIEWER),
          Map.entry("GET /pictures/*", VIEWER),
          Map.entry("GET /metrics", VIEWER),
          Map.entry("GET /quarantine/*", OPERATOR),
          Map.entry("POST /api/actions/*", OPERATOR));

  /** As {@code Gate} answers it beside the table. */
  private static final List<String> SESSION =
      List.of("GET /api/session", "POST /api/session", "DELETE /api/session");

  private static final HttpLimits PATIENT =
      new HttpLimits(64, 64, 4096, Duration.ofSeconds(60), 100_000, 100_000, 100_000);

  @TempDir private static Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private final NotedActions actions = new NotedActions();
  private String viewer;
  private String operator;
  private WatchedRun run;
  private Dashboard dashboard;
  private StreamSystem system;
  private HttpService server;

  /** The same table once more, for a caller who asks often. */
  @BeforeAll
  void begin() throws Exception {
    Path file = root.resolve("tokens.json");
    AccessTokens tokens = new AccessTokens(file);
    viewer = tokens.add("vera", Role.VIEWER);
    operator = tokens.add("otto", Role.OPERATOR);
    Files.writeString(root.resolve("secret.png"), "secret");
    run = new WatchedRun(root.resolve("run"));
    dashboard =
        Dashboard.start(
            new DashboardSettings(0, "127.0.0.1", "", file.toString()),
            run.folder(),
            new Dashboard.Subject(Optional.empty(), actions, Optional::empty));
    system = new StreamSystem("test-access");
    server =
        HttpService.start(
            system.system(),
            new HttpService.Settings(
                "127.0.0.1", 0, Optional.empty(), Optional.of(tokens), PATIENT),
            dashboard.endpoints());
  }

  @AfterAll
  void end() throws Exception {
    if (server != null) {
      server.close();
    }
    if (system != null) {
      system.close();
    }
    if (dashboard != null) {
      dashboard.close();
    }
    run.close();
  }

  @BeforeEach
  void forget() {
    actions.forget();
  }

  private static String ruleOf(Endpoint endpoint) {
    return endpoint.needed().map(Role::key).orElse(ANYBODY);
  }

  @Test
  void shouldHaveARuleForEveryRoute() throws Exception {
    Map<String, String> table = new TreeMap<>();
    for (Endpoint endpoint : dashboard.endpoints()) {
      table.put(endpoint.method().value() + " " + endpoint.path(), ruleOf(endpoint));
    }
    assertEquals(new TreeMap<>(RULES), table);
    URI own = URI.create(dashboard.url() + "metrics");
    assertEquals(401, status(HttpRequest.newBuilder(own)), "the run's own server asks, too");
  }

  @Test
  void shouldOpenEachRouteToThoseAloneWhomItIsFor() throws Exception {
    for (Map.Entry<String, String> rule : RULES.entrySet()) {
      String route = rule.getKey().replace("*", "pause");
      boolean open = rule.getValue().equals(ANYBODY);
      for (String stranger : List.of("", "Bearer hyb_wrong", "Bearer ", "Basic dmVyYTp2")) {
        check(route, stranger, !open ? 401 : 0);
      }
      check(route, "Bearer " + viewer, rule.getValue().equals(OPERATOR) ? 403 : 0);
      if (!open) {
        HttpRequest.Builder cookie = request(route, "").header("Cookie", cookie("forged"));
        assertEquals(401, status(cookie), route + " with a forged session");
        assertEquals(401, status(head(route)), "HEAD of " + route);
      }
    }
    assertEquals(List.of(), actions.asked(), "nobody was let act");
    for (String route : RULES.keySet()) {
      check(route.replace("*", "pause"), "Bearer " + operator, 0);
    }
    assertEquals(List.of("pause{}"), actions.asked());
  }

  /** 0 = neither unknown nor forbidden. */
  private void check(String route, String authorization, int expected) throws Exception {
    int status = status(request(route, authorization));
    String what = route + " as '" + authorization.replaceFirst("hyb_.*", "hyb_…") + "': " + status;
    if (expected == 0) {
      assertFalse(List.of(401, 403, 405, 500).contains(status), what);
    } else {
      assertEquals(expected, status, what);
    }
  }

  @Test
  void shouldBeginAndEndSessionsOfThoseAloneWhoAreKnown() throws Exception {
    for (String route : SESSION) {
      check(route, "", 401);
      check(route, "Bearer hyb_wrong", 401);
      check(route, "Bearer " + viewer, 0);
      check(route, "Bearer " + operator, 0);
    }
  }

  @Test
  void shouldTakeNoOtherMethod() throws Exception {
    for (String rule : RULES.keySet()) {
      String path = rule.substring(rule.indexOf(' ') + 1).replace("*", "pause");
      for (String method : List.of("PUT", "DELETE", rule.startsWith("GET") ? "POST" : "GET")) {
        String route = method + " " + path;
        assertEquals(401, status(request(route, "")), route);
        assertEquals(405, status(request(route, "Bearer " + operator)), route);
      }
    }
    assertEquals(List.of(), actions.asked());
  }

  @Test
  void shouldLetNoPathOfARouteLeadElsewhere() throws Exception {
    for (String rule : RULES.keySet()) {
      String method = rule.substring(0, rule.indexOf(' '));
      String path = rule.substring(rule.indexOf(' ') + 1);
      String start = path.endsWith("*") ? path.substring(0, path.length() - 1) : path + "/";
      for (String end :
          List.of(
              "../secret.png",
              "..%2fsecret.png",
              "%2e%2e/secret.png",
              "%2e%2e%2f%2e%2e%2fsecret.png",
              "..%5csecret.png",
              "/etc/passwd",
              "a/../../secret.png",
              "a%00.png",
              ".hidden")) {
        refused(method + " " + start + end);
      }
      refused(method + " /" + path.replace("*", "pause"));
      if (!RULES.get(rule).equals(ANYBODY)) { // dots are taken out first, then the rule is asked
        check(method + " /alive/.." + path.replace("*", "pause"), "", 401);
      }
    }
    assertEquals(List.of(), actions.asked());
  }

  private void refused(String route) throws Exception {
    assertTrue(List.of(400, 401, 404).contains(status(request(route, ""))), route);
    HttpResponse<String> known =
        client.send(request(route, "Bearer " + operator).build(), BodyHandlers.ofString());
    assertTrue(List.of(400, 404).contains(known.statusCode()), route + ": " + known.statusCode());
    assertFalse(known.body().contains("secret"), route);
  }

  @Test
  void shouldTakeSmallBodiesOfJsonAlone() throws Exception {
    for (String rule : RULES.keySet()) {
      if (rule.startsWith("POST ")) {
        String route = rule.replace("*", "pause");
        String large = "x".repeat(PATIENT.bodyBytes() + 1);
        HttpRequest.Builder known = request(route, "Bearer " + operator);
        assertEquals(413, status(known.POST(BodyPublishers.ofString(large))), route);
        known.setHeader("Content-Type", "text/plain").POST(BodyPublishers.ofString("{}"));
        assertEquals(415, status(known), route);
      }
    }
    assertEquals(List.of(), actions.asked());
  }

  private String cookie(String value) {
    return "hybnext-" + URI.create(server.url()).getPort() + "=" + value;
  }

  private HttpRequest.Builder head(String route) {
    return request(route, "").method("HEAD", BodyPublishers.noBody());
  }

  /** A request of a route as {@code METHOD PATH}. */
  private HttpRequest.Builder request(String route, String authorization) {
    int space = route.indexOf(' ');
    String method = route.substring(0, space);
    URI uri = URI.create(server.url() + route.substring(space + 2));
    boolean reads = method.equals("GET");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, reads ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"))
            .header("Content-Type", "application/json");
    return authorization.isEmpty() ? request : request.header("Authorization", authorization);
  }

  /** Of an answer that may have no end. */
  private int status(HttpRequest.Builder request) throws Exception {
    HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
    answer.body().close();
    return answer.statusCode();
  }
}
