package io.hybnext.ops.http;

import java.util.Locale;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Keeps other web sites, open in a browser on this machine, from using the server: a name that was
 * made to point to the loopback address (DNS rebinding) shows in the Host header, a form or script
 * of another site (CSRF) in Origin or Sec-Fetch-Site.
 *
 * @param loopback whether the server listens on a loopback address; else TLS proves its name
 */
record HostRule(boolean loopback) {

  /** Why a request is refused; empty when it is not. */
  Optional<String> refusal(HttpRequest request) {
    String host = header(request, "host");
    if (loopback && !isLoopback(name(host))) {
      return Optional.of("this server answers for localhost only, not for " + name(host));
    }
    boolean reads = request.method().equals(HttpMethods.GET);
    String site = header(request, "sec-fetch-site");
    if (!reads && (site.equals("cross-site") || site.equals("same-site"))) {
      return Optional.of("actions come from the server's own page only");
    }
    String origin = header(request, "origin");
    if (!origin.isEmpty() && !origin.replaceFirst("^https?://", "").equals(host)) {
      return Optional.of("pages of " + origin + " may not use this server");
    }
    return Optional.empty();
  }

  private static String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse("").toLowerCase(Locale.ROOT);
  }

  /** A host without its port. */
  private static String name(String host) {
    return host.replaceFirst(":\\d*$", "");
  }

  private static boolean isLoopback(String name) {
    return name.equals("localhost")
        || name.equals("[::1]")
        || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
