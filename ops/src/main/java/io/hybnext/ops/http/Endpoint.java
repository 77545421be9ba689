package io.hybnext.ops.http;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Something that can be asked for.
 *
 * @param method of the request
 * @param path exact, or with a last part {@code *} that stands for one name
 * @param needed who may ask; empty for anybody who reaches the server
 * @param handler what answers; called only for who may ask
 */
public record Endpoint(HttpMethod method, String path, Optional<Role> needed, Handler handler) {

  /** Answers a call. */
  @FunctionalInterface
  public interface Handler {
    /** Answers; a failure becomes an internal server error without details. */
    CompletionStage<HttpResponse> handle(Call call);
  }

  /**
   * A call that passed the gate.
   *
   * @param request as it came; its body is in {@code body}
   * @param principal who calls; a viewer without a name where nobody is asked
   * @param name what stands for {@code *} in the path, decoded; empty without one
   * @param body of the request, bounded by the gate
   */
  public record Call(HttpRequest request, Principal principal, String name, byte[] body) {}

  /** Reading, by anybody who has the role. */
  public static Endpoint get(String path, Role needed, Handler handler) {
    return new Endpoint(HttpMethods.GET, path, Optional.of(needed), handler);
  }

  /** Reading, by anybody who reaches the server. */
  public static Endpoint open(String path, Handler handler) {
    return new Endpoint(HttpMethods.GET, path, Optional.empty(), handler);
  }

  /** Changing something. */
  public static Endpoint post(String path, Role needed, Handler handler) {
    return new Endpoint(HttpMethods.POST, path, Optional.of(needed), handler);
  }
}
