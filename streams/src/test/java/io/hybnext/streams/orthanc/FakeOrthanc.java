package io.hybnext.streams.orthanc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers as an Orthanc server does, for what {@link OrthancServer} asks; can be stopped. */
final class FakeOrthanc implements AutoCloseable {
  private static final String AUTHORIZATION =
      "Basic "
          + Base64.getEncoder().encodeToString("hybnext:secret".getBytes(StandardCharsets.UTF_8));

  final List<String> changes = new CopyOnWriteArrayList<>();
  final Map<String, List<String>> series = new ConcurrentHashMap<>();
  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final Map<String, byte[]> decoded = new ConcurrentHashMap<>();
  final Deque<String> garbled = new ConcurrentLinkedDeque<>(); // studies, once each
  volatile String errorText = ""; // behind each status but 200
  final Set<String> growing = ConcurrentHashMap.newKeySet();
  final Set<String> fatal = ConcurrentHashMap.newKeySet(); // instances that end the answer
  final Set<String> lost = ConcurrentHashMap.newKeySet();
  final AtomicInteger refused = new AtomicInteger();
  volatile String awayAfter; // from when this instance was given, every answer is 503
  private volatile boolean away;
  final List<String> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private int port;

  FakeOrthanc() throws IOException {
    start();
  }

  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    port = server.getAddress().getPort();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  void stop() {
    server.stop(0);
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  static String id(int number) {
    return "%08x-00000000-00000000-00000000-00000000".formatted(number);
  }

  /** A study that becomes stable now, with a series of images. */
  void study(int number, Map<Integer, byte[]> images) {
    series(number, "DX", images);
    stable(number);
  }

  void stable(int number) {
    growing.remove(id(number));
    change("StableStudy", number);
  }

  void series(int study, String modality, Map<Integer, byte[]> instances) {
    growing.add(id(study));
    List<String> ids = new ArrayList<>();
    new TreeMap<>(instances)
        .forEach(
            (number, file) -> {
              files.put(id(number), file);
              change("NewInstance", number);
              ids.add("\"" + id(number) + "\"");
            });
    series
        .computeIfAbsent(id(study), key -> new CopyOnWriteArrayList<>())
        .add(
            "{\"MainDicomTags\": {\"Modality\": \"%s\"}, \"Instances\": %s}"
                .formatted(modality, ids));
  }

  private void change(String type, int resource) {
    changes.add(
        "{\"ChangeType\": \"%s\", \"ID\": \"%s\", \"Seq\": %d}"
            .formatted(type, id(resource), changes.size() + 1));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    if (isAway(path)) {
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
      return;
    }
    if (path.startsWith("/instances/") && fatal.contains(name(path))) {
      exchange.close(); // as a server that ends
      return;
    }
    byte[] body = null;
    int status = 404;
    if (!AUTHORIZATION.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      status = 401;
    } else if (path.equals("/changes")) {
      body = changes(exchange.getRequestURI().getQuery()).getBytes(StandardCharsets.UTF_8);
    } else if (path.startsWith("/studies/") && series.containsKey(name(path))) {
      String text = series.get(name(path)).toString();
      body =
          (garbled.removeFirstOccurrence(name(path)) ? errorText : text)
              .getBytes(StandardCharsets.UTF_8);
    } else if (path.startsWith("/instances/") && lost.contains(name(path))) {
      status = 500;
    } else if (path.endsWith("/study")) {
      body = study(name(path));
    } else if (path.endsWith("/file")) {
      body = files.get(name(path));
    } else if (path.endsWith("/modify")) {
      body = decoded.get(name(path));
    }
    status = body == null ? status : 200;
    byte[] sent = body == null ? errorText.getBytes(StandardCharsets.UTF_8) : body;
    exchange.sendResponseHeaders(status, sent.length == 0 ? -1 : sent.length);
    if (sent.length > 0) {
      exchange.getResponseBody().write(sent);
    }
    exchange.close();
  }

  /** As a proxy answers for a server that starts. */
  private boolean isAway(String path) {
    String after = awayAfter;
    boolean now = after != null && away;
    away = after != null && (away || path.contains(after));
    if (now) {
      refused.incrementAndGet();
    }
    return now;
  }

  private byte[] study(String instance) {
    for (Map.Entry<String, List<String>> study : series.entrySet()) {
      if (study.getValue().toString().contains(instance)) {
        return "{\"ID\": \"%s\", \"IsStable\": %b}"
            .formatted(study.getKey(), !growing.contains(study.getKey()))
            .getBytes(StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private static String name(String path) {
    return path.substring(path.indexOf('/', 1) + 1, path.lastIndexOf('/'));
  }

  private String changes(String query) {
    int last = changes.size();
    if (query.equals("last")) {
      return "{\"Changes\": [], \"Done\": true, \"Last\": " + last + "}";
    }
    int since = Integer.parseInt(query.replaceAll("since=(\\d+).*", "$1"));
    int limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+)", "$1"));
    int end = Math.min(last, since + limit);
    List<String> page = since < end ? changes.subList(since, end) : List.of();
    int reached = page.isEmpty() ? last : end;
    return "{\"Changes\": %s, \"Done\": %b, \"Last\": %d}"
        .formatted(page, end == last || since >= last, reached);
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
