package io.hybnext.ops.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callers who try what they may not: tokens, floods, other sites, size, paths, slowness. */
class HttpAbuseTest extends HttpServiceFixture {
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
}
