package io.hybnext.ops.http;

import io.hybnext.ops.http.Endpoint.Call;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.Materializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about every request, in this order: how often its sender asks, whether it comes from a
 * page of another site, who sends it, whether there is what it asks for, whether its sender may
 * have that, how large it is. Who is not known does not learn what there is.
 */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final String SESSION = "/api/session";
  private static final long BODY_MS = 5_000;

  /** What every answer tells the browser: take nothing from elsewhere, be shown in no frame. */
  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create(
              "Content-Security-Policy",
              "default-src 'self'; img-src 'self' data:; style-src 'self';"
                  + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("X-Frame-Options", "DENY"),
          RawHeader.create("Referrer-Policy", "no-referrer"),
          RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"));

  private final Routes routes;
  private final HostRule hosts;
  private final Access access;
  private final RateLimit rate;
  private final int bodyBytes;
  private final Materializer materializer;

  Gate(
      List<Endpoint> endpoints,
      HostRule hosts,
      Access access,
      HttpLimits limits,
      Materializer materializer,
      LongSupplier nanoTime) {
    this.routes = new Routes(endpoints);
    this.hosts = hosts;
    this.access = access;
    this.materializer = materializer;
    rate = new RateLimit(limits.burst(), limits.perSecond(), nanoTime);
    bodyBytes = limits.bodyBytes();
  }

  /** Answers a request; never fails. */
  CompletionStage<HttpResponse> answer(HttpRequest request) {
    CompletionStage<HttpResponse> answer;
    try {
      answer = decide(request);
    } catch (RuntimeException defect) {
      answer = Replies.done(failed(request, defect));
    }
    return answer
        .exceptionally(error -> failed(request, error))
        .thenApply(response -> response.addHeaders(HEADERS));
  }

  private static HttpResponse failed(HttpRequest request, Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    LOG.warn("{} {} failed", request.method().value(), request.getUri().path(), cause);
    return Replies.sentence(500, "this failed; the log of the process tells why");
  }

  private CompletionStage<HttpResponse> decide(HttpRequest request) {
    String address = address(request);
    if (!rate.take(address)) {
      HttpResponse later = Replies.sentence(429, "too many requests; ask less often");
      return refuse(request, later.addHeader(RawHeader.create("Retry-After", "5")));
    }
    Optional<String> foreign = hosts.refusal(request);
    if (foreign.isPresent()) {
      return refuse(request, Replies.sentence(403, foreign.get()));
    }
    Optional<Routes.Match> found = routes.find(request);
    boolean anybody = found.isPresent() && found.get().endpoint().needed().isEmpty();
    if (anybody) {
      return call(request, found.get(), new Principal("", Role.VIEWER));
    }
    Access.Outcome caller = access.identify(request, address);
    if (caller.principal().isEmpty()) {
      return refuse(request, caller.refusal());
    }
    return forKnown(request, found, caller.principal().get());
  }

  private CompletionStage<HttpResponse> forKnown(
      HttpRequest request, Optional<Routes.Match> found, Principal principal) {
    if (request.getUri().path().equals(SESSION)) {
      return session(request, principal);
    }
    if (found.isEmpty()) {
      boolean other = routes.knowsPath(request);
      return refuse(
          request,
          other
              ? Replies.sentence(405, "this cannot be done here")
              : Replies.sentence(404, "there is no such page"));
    }
    Role needed = found.get().endpoint().needed().orElse(Role.VIEWER);
    if (!principal.role().covers(needed)) {
      return refuse(request, Replies.sentence(403, "this needs the role " + needed.key()));
    }
    return call(request, found.get(), principal);
  }

  /** Tells who one is; a POST makes it last, a DELETE ends it. */
  private CompletionStage<HttpResponse> session(HttpRequest request, Principal principal) {
    request.discardEntityBytes(materializer);
    CompletionStage<HttpResponse> answer =
        Replies.json(
            Map.of(
                "name", principal.name(), "role", principal.role().key(), "asks", access.asks()));
    if (!access.asks() || request.method().equals(HttpMethods.GET)) {
      return answer;
    }
    HttpHeader cookie =
        request.method().equals(HttpMethods.DELETE)
            ? access.endSession(request)
            : access.beginSession(request, principal);
    return answer.thenApply(response -> response.addHeader(cookie));
  }

  private CompletionStage<HttpResponse> call(
      HttpRequest request, Routes.Match match, Principal principal) {
    Endpoint.Handler handler = match.endpoint().handler();
    if (!request.method().equals(HttpMethods.POST)) {
      request.discardEntityBytes(materializer);
      return handler.handle(new Call(request, principal, match.name(), new byte[0]));
    }
    if (request.entity().getContentLengthOption().orElse(0) > bodyBytes) {
      return refuse(request, Replies.sentence(413, "want at most " + bodyBytes + " bytes"));
    }
    if (!request.entity().getContentType().mediaType().toString().equals("application/json")) {
      return refuse(request, Replies.sentence(415, "want application/json"));
    }
    return request
        .entity()
        .toStrict(BODY_MS, bodyBytes, materializer)
        .handle(
            (body, error) ->
                error == null
                    ? handler.handle(
                        new Call(request, principal, match.name(), body.getData().toArray()))
                    : Replies.done(
                        Replies.sentence(413, "want at most " + bodyBytes + " bytes, within 5 s")))
        .thenCompose(answer -> answer);
  }

  /** Drops what the request still sends. */
  private CompletionStage<HttpResponse> refuse(HttpRequest request, HttpResponse answer) {
    request.discardEntityBytes(materializer);
    return Replies.done(answer);
  }

  private static String address(HttpRequest request) {
    return request
        .getAttribute(AttributeKeys.remoteAddress)
        .flatMap(remote -> remote.getAddress())
        .map(address -> address.getHostAddress())
        .orElse("unknown");
  }

  /** A body as text. */
  static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }
}
