package io.hybnext.ops.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.cluster.TlsFiles;
import io.hybnext.ops.certificates.DevelopmentCertificates;
import io.hybnext.ops.cli.CommandFailure;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpServiceTest extends HttpServiceFixture {
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
