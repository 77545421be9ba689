package io.hybnext.ops.http;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.Uri;

/** Finds the endpoint of a request; compares whole paths only. */
final class Routes {
  private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}";

  private final List<Endpoint> endpoints;

  /**
   * An endpoint and what a request names in it.
   *
   * @param name what stands for {@code *}: letters, digits, dots, dashes; empty without one
   */
  record Match(Endpoint endpoint, String name) {}

  Routes(List<Endpoint> endpoints) {
    this.endpoints = List.copyOf(endpoints);
  }

  /** The endpoint; a HEAD request is answered like a GET. */
  Optional<Match> find(HttpRequest request) {
    HttpMethod method =
        request.method().equals(HttpMethods.HEAD) ? HttpMethods.GET : request.method();
    return endpoints.stream()
        .filter(endpoint -> endpoint.method().equals(method))
        .flatMap(endpoint -> match(endpoint, request.getUri()).stream())
        .findFirst();
  }

  /** Whether the path is there for another method. */
  boolean knowsPath(HttpRequest request) {
    return endpoints.stream().anyMatch(endpoint -> match(endpoint, request.getUri()).isPresent());
  }

  private static Optional<Match> match(Endpoint endpoint, Uri uri) {
    String path = uri.getPathString();
    if (!endpoint.path().endsWith("*")) {
      return endpoint.path().equals(path) ? Optional.of(new Match(endpoint, "")) : Optional.empty();
    }
    String start = endpoint.path().substring(0, endpoint.path().length() - 1);
    if (!path.startsWith(start)) {
      return Optional.empty();
    }
    String name = path.substring(start.length());
    return name.matches(NAME) ? Optional.of(new Match(endpoint, name)) : Optional.empty();
  }
}
