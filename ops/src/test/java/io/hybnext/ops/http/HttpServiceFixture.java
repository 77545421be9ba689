package io.hybnext.ops.http;

import io.hybnext.ops.intake.StreamSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
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
import org.junit.jupiter.api.io.TempDir;

/** A server with an endpoint of every kind, and callers who behave and who do not. */
abstract class HttpServiceFixture {
  static final HttpLimits LIMITS =
      new HttpLimits(16, 2, 100, Duration.ofSeconds(60), 1000, 1000, 3);
  static final int PATIENCE_MS = 120_000;

  static StreamSystem system;
  static HttpClient client;

  @TempDir Path folder;
  HttpService service;
  AccessTokens tokens;

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

  void start(HttpLimits limits, boolean asks) {
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

  static List<Endpoint> endpoints() {
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

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(service.url() + path.substring(1)));
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String token) throws Exception {
    return send(to(path).header("Authorization", "Bearer " + token));
  }

  HttpResponse<String> act(String token, String type, String body) throws Exception {
    HttpRequest.Builder request = to("/act").header("Content-Type", type);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request.POST(BodyPublishers.ofString(body)));
  }

  /** The whole answer to bytes sent as they are; the server ends the connection. */
  String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  Socket socket() throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(service.url()).getPort());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  String raw(String line, String... headers) throws IOException {
    return raw(
        line
            + " HTTP/1.1\r\nConnection: close\r\n"
            + String.join("", List.of(headers).stream().map(one -> one + "\r\n").toList())
            + "\r\n");
  }
}
