package io.hybnext.ops.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.config.DashboardSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private final NotedActions actions = new NotedActions("resume");
  private WatchedRun run;
  private Dashboard dashboard;

  @BeforeEach
  void begin() throws Exception {
    run = new WatchedRun(root);
  }

  @AfterEach
  void end() throws Exception {
    if (dashboard != null) {
      dashboard.close();
    }
    run.close();
  }

  private void start() {
    dashboard =
        Dashboard.start(
            new DashboardSettings(0, "127.0.0.1", "", ""),
            run.folder(),
            new Dashboard.Subject(Optional.empty(), actions, () -> Optional.of("not yet")));
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(dashboard.url() + path.substring(1)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> act(String action, String body) throws Exception {
    return send(
        to("/api/actions/" + action)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void shouldTellWhatHappensAsItHappens() throws Exception {
    run.begin().steps(3);
    start();
    try (BufferedReader events =
        new BufferedReader(
            new InputStreamReader(
                client.send(to("/api/events").build(), BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
      JsonNode first = next(events);
      assertEquals("training", first.path("sections").path("run").path("phase").asText());
      assertEquals(2, first.path("sections").path("members").size());
      assertEquals(3, first.path("steps").path("rows").size());
      run.steps(2);
      run.unwell("trainer-1", HealthState.DEGRADED, "It is slow.", "Look at its host.");
      JsonNode health = first.path("nothing");
      int rows = 0;
      while (health.isMissingNode() || rows < 2) {
        JsonNode change = next(events);
        rows += change.path("steps").path("rows").size();
        JsonNode told = change.path("sections").path("health");
        health = told.isMissingNode() ? health : told;
      }
      assertEquals(2, rows, "only the new ones");
      assertEquals("It is slow.", health.path(0).path("sentence").asText());
    }
  }

  private static JsonNode next(BufferedReader events) throws Exception {
    String line = events.readLine();
    while (!line.startsWith("data: ")) {
      line = events.readLine();
    }
    return JSON.readTree(line.substring("data: ".length()));
  }

  @Test
  void shouldActOnceAndNoteWhoAskedForIt() throws Exception {
    start();
    HttpResponse<String> answer = act("drain", "{\"trainer\": \"trainer-1\"}");
    assertEquals(200, answer.statusCode());
    assertEquals("drain is done", JSON.readTree(answer.body()).path("message").asText());
    assertEquals(409, act("resume", "{}").statusCode());
    assertEquals(List.of("drain{trainer=trainer-1}", "resume{}"), actions.asked());
    List<String> lines = Files.readAllLines(root.resolve("audit.jsonl"));
    assertEquals(4, lines.size());
    JsonNode asked = JSON.readTree(lines.get(0));
    assertEquals("local", asked.path("who").asText());
    assertEquals("drain", asked.path("action").asText());
    assertEquals("trainer-1", asked.path("about").path("trainer").asText());
    JsonNode outcome = JSON.readTree(lines.get(1));
    assertEquals(asked.path("id"), outcome.path("id"));
    assertEquals("done", outcome.path("outcome").asText());
    assertEquals("refused", JSON.readTree(lines.get(3)).path("outcome").asText());
  }

  @Test
  void shouldDoNothingThatItCannotNote() throws Exception {
    Files.createDirectory(root.resolve("audit.jsonl")); // so that nothing can be appended
    start();
    assertEquals(503, act("pause", "{}").statusCode());
    assertEquals(List.of(), actions.asked());
  }

  @Test
  void shouldRefuseActionsThatAreNone() throws Exception {
    start();
    assertEquals(404, act("explode", "{}").statusCode());
    assertEquals(400, act("pause", "[1]").statusCode());
    assertEquals(400, act("drain", "{\"trainer\": \"a\\nb\"}").statusCode());
    assertEquals(400, act("drain", "{\"trainer\": \"" + "x".repeat(300) + "\"}").statusCode());
    assertEquals(413, act("drain", "x".repeat(5000)).statusCode());
    assertEquals(List.of(), actions.asked());
  }

  @Test
  void shouldShowPicturesOfTheRunOnly() throws Exception {
    run.picture("step-00000100-0.png", 90).picture("other.png", 10);
    Files.writeString(root.resolve("secret.png"), "secret");
    start();
    HttpResponse<String> picture = send(to("/pictures/step-00000100-0.png"));
    assertEquals("image/png", picture.headers().firstValue("Content-Type").orElse(""));
    for (String path :
        List.of(
            "/pictures/other.png",
            "/pictures/step-00000200-0.png",
            "/pictures/..%2fsecret.png",
            "/pictures/%2e%2e/secret.png",
            "/quarantine/0123456789abcdef")) {
      assertEquals(404, send(to(path)).statusCode(), path);
    }
  }

  @Test
  void shouldAnswerProbes() throws Exception {
    start();
    assertEquals(200, send(to("/alive")).statusCode());
    assertEquals(503, send(to("/ready")).statusCode());
    assertEquals(200, send(to("/metrics")).statusCode());
  }

  @Test
  void shouldReadStepsAgainThatWereDoneAgain() throws Exception {
    run.begin().steps(3).tell(new ProgressEvent.RolledBack(3, 1));
    RunFeed feed = new RunFeed(run.folder(), Optional.empty(), List::of);
    EventCursor cursor = new EventCursor(feed::now);
    feed.look();
    assertEquals(3, JSON.readTree(cursor.get()).path("steps").path("rows").size());
    assertEquals("", cursor.get());
    try (WatchedRun again = new WatchedRun(root)) {
      again.steps(2);
    }
    feed.look();
    JsonNode steps = JSON.readTree(cursor.get()).path("steps");
    assertEquals(0, steps.path("from").asInt());
    assertEquals(2, steps.path("rows").size());
  }

  @Test
  void shouldTellWhatCannotBeRead() throws Exception {
    run.begin().steps(1);
    Files.writeString(root.resolve("run.json"), "{ damaged");
    RunFeed feed = new RunFeed(run.folder(), Optional.empty(), List::of);
    feed.look();
    assertTrue(feed.now().sections().get("troubles").json().contains("damaged"));
    assertEquals(1, feed.now().curve().lastStep());
  }
}
