package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.file.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real browser without a window, driven by the DevTools protocol over a WebSocket of the JDK. One
 * page.
 */
final class Chromium implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_S = 120; // a busy machine starts it slowly
  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private String session = "";

  private Chromium(Process process, Path profile, String address) throws Exception {
    this.process = process;
    this.profile = profile;
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address), new Listener())
            .get(LIMIT_S, TimeUnit.SECONDS);
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).path("targetId").asText();
    session =
        call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asText();
    for (String domain : List.of("Page", "Runtime", "Log")) {
      call(domain + ".enable", Map.of());
    }
  }

  /** The program; empty where there is none. */
  static java.util.Optional<Path> program() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(":", -1))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts one with a profile of its own. */
  static Chromium start(Path program) throws Exception {
    Path profile = Files.createTempDirectory("hybnext-chromium");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return new Chromium(process, profile, address(process));
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Where it listens, as it tells when it does; the rest of what it tells is dropped. */
  private static String address(Process process) throws IOException {
    BufferedReader told = process.errorReader(StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    for (String line = told.readLine(); line != null; line = told.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread drain = new Thread(() -> told.lines().forEach(rest -> {}), "chromium-stderr");
        drain.setDaemon(true);
        drain.start();
        return line.substring(LISTENING.length());
      }
      all.append(line).append('\n');
    }
    throw new IOException("chromium ended at its start:\n" + all);
  }

  /** Errors and warnings of the page's console, and exceptions nobody caught. */
  List<String> complaints() {
    return complaints;
  }

  /** Sets the window: CSS pixels, and whether the system is dark. */
  void window(int width, int height, boolean dark) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  void open(String url) throws Exception {
    call("Page.navigate", Map.of("url", url));
  }

  /** The value of an expression; promises are waited for. */
  JsonNode evaluate(String expression) throws Exception {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true, within the page and without a limit of its own. */
  void await(String condition) throws Exception {
    evaluate(
        "new Promise((done) => { const look = () => { let ok = false; try { ok = Boolean("
            + condition
            + "); } catch {} ok ? done(true) : setTimeout(look, 50); }; look(); })");
  }

  /** Presses and releases a key with the focus where it is. */
  void key(String name, int code) throws Exception {
    for (String type : List.of("rawKeyDown", "char", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of(
              "type",
              type,
              "key",
              name,
              "code",
              name,
              "windowsVirtualKeyCode",
              code,
              "text",
              name.equals("Enter") ? "\r" : ""));
    }
  }

  /** A picture of the whole page. */
  void screenshot(Path file) throws Exception {
    screenshot(file, Integer.MAX_VALUE);
  }

  /** A picture of the page down to a height in CSS pixels. */
  void screenshot(Path file, int mostHeight) throws Exception {
    JsonNode size = call("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
    Map<String, Object> clip =
        Map.of(
            "x",
            0,
            "y",
            0,
            "width",
            size.path("width").asDouble(),
            "height",
            Math.min(mostHeight, size.path("height").asDouble()),
            "scale",
            1);
    JsonNode answer =
        call(
            "Page.captureScreenshot",
            Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(answer.path("data").asText()));
  }

  private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
    int number = numbers.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put("id", number).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(number, answer);
    socket.sendText(JSON.writeValueAsString(message), true).get(LIMIT_S, TimeUnit.SECONDS);
    JsonNode given = answer.get(LIMIT_S, TimeUnit.SECONDS);
    if (given.has("error")) {
      throw new IllegalStateException(method + ": " + given.path("error"));
    }
    return given.path("result");
  }

  /** Puts messages together and hands answers to who waits for them. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void onOpen(WebSocket opened) {
      opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        accept(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void accept(String message) {
      try {
        JsonNode parsed = JSON.readTree(message);
        if (parsed.has("id")) {
          CompletableFuture<JsonNode> answer = waiting.remove(parsed.path("id").asInt());
          answer.complete(parsed);
        } else {
          note(parsed);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void note(JsonNode event) {
      JsonNode told = event.path("params");
      switch (event.path("method").asText()) {
        case "Runtime.exceptionThrown" -> complaints.add(told.path("exceptionDetails").toString());
        case "Runtime.consoleAPICalled" -> {
          if (List.of("error", "warning", "assert").contains(told.path("type").asText())) {
            complaints.add(told.path("args").toString());
          }
        }
        case "Log.entryAdded" -> {
          if (List.of("error", "warning").contains(told.path("entry").path("level").asText())) {
            complaints.add(told.path("entry").path("text").asText());
          }
        }
        default -> {}
      }
    }
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    FileTree.delete(profile);
  }
}
