package io.hybnext.ops.http;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Tells who calls: by a bearer token in the Authorization header, or by the cookie of a session
 * that such a token began. Without a file of tokens everybody who reaches the server, which then is
 * on a loopback address, is the operator. Wrong tokens are counted, so that nobody tries many.
 */
final class Access {
  private static final String BEARER = "Bearer ";

  private final AccessTokens tokens; // null where nobody is asked
  private final boolean secure;
  private final Sessions sessions;
  private final RateLimit wrong;

  /**
   * What came of looking at a caller.
   *
   * @param principal who it is; empty when it is not known
   * @param refusal what to answer then; null when known
   */
  record Outcome(Optional<Principal> principal, HttpResponse refusal) {

    private static Outcome known(Principal principal) {
      return new Outcome(Optional.of(principal), null);
    }

    private static Outcome refused(int status, String sentence) {
      HttpResponse refusal = Replies.sentence(status, sentence);
      return new Outcome(
          Optional.empty(), refusal.addHeader(RawHeader.create("WWW-Authenticate", "Bearer")));
    }
  }

  Access(AccessTokens tokens, boolean secure, int wrongTokensAMinute, LongSupplier nanoTime) {
    this.tokens = tokens;
    this.secure = secure;
    sessions = new Sessions(nanoTime);
    double perSecond = wrongTokensAMinute / (double) TimeUnit.MINUTES.toSeconds(1);
    wrong = new RateLimit(wrongTokensAMinute, perSecond, nanoTime);
  }

  /** Whether callers are asked who they are. */
  boolean asks() {
    return tokens != null;
  }

  /** Who sends a request from an address. */
  Outcome identify(HttpRequest request, String address) {
    if (tokens == null) {
      return Outcome.known(Principal.LOCAL);
    }
    String authorization = header(request, "authorization");
    if (authorization.startsWith(BEARER)) {
      return byToken(authorization.substring(BEARER.length()).strip(), address);
    }
    Optional<Principal> principal = cookie(request).flatMap(sessions::find).filter(tokens::isKnown);
    return principal
        .map(Outcome::known)
        .orElseGet(() -> Outcome.refused(401, "give a token that `hybnext token add` made"));
  }

  private Outcome byToken(String token, String address) {
    if (!wrong.has(address)) {
      return Outcome.refused(429, "too many wrong tokens; wait a minute");
    }
    Optional<Principal> principal = tokens.find(token);
    if (principal.isEmpty()) {
      wrong.take(address);
      return Outcome.refused(401, "this token opens nothing here");
    }
    return Outcome.known(principal.get());
  }

  /** The header that makes a browser's later requests those of a caller. */
  HttpHeader beginSession(HttpRequest request, Principal principal) {
    return setCookie(request, sessions.begin(principal), Sessions.LIFE.toSeconds());
  }

  /** Ends the session of a request, if it has one; the header makes the browser forget it. */
  HttpHeader endSession(HttpRequest request) {
    cookie(request).ifPresent(sessions::end);
    return setCookie(request, "", 0);
  }

  private HttpHeader setCookie(HttpRequest request, String value, long seconds) {
    return RawHeader.create(
        "Set-Cookie",
        cookieName(request)
            + "="
            + value
            + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
            + seconds
            + (secure ? "; Secure" : ""));
  }

  private static Optional<String> cookie(HttpRequest request) {
    String start = cookieName(request) + "=";
    for (String pair : header(request, "cookie").split(";", -1)) {
      if (pair.strip().startsWith(start)) {
        return Optional.of(pair.strip().substring(start.length()));
      }
    }
    return Optional.empty();
  }

  /** Browsers keep the cookies of all ports of a host together. */
  private static String cookieName(HttpRequest request) {
    String host = header(request, "host");
    return "hybnext-" + host.substring(host.lastIndexOf(':') + 1).replaceAll("[^0-9]", "");
  }

  private static String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse("");
  }
}
