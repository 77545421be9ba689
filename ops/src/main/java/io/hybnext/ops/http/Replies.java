package io.hybnext.ops.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Answers as the page and programs read them. */
public final class Replies {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Replies() {}

  /** A value as JSON, with status 200. */
  public static CompletionStage<HttpResponse> json(Object value) {
    return done(json(200, value));
  }

  /** A refusal or failure: one sentence for people. */
  public static HttpResponse sentence(int status, String sentence) {
    return json(status, Map.of("message", sentence));
  }

  /** Plain text, with a status. */
  public static CompletionStage<HttpResponse> text(int status, String text) {
    return done(
        HttpResponse.create()
            .withStatus(status)
            .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, text)));
  }

  /** Bytes of a type. */
  public static CompletionStage<HttpResponse> bytes(ContentType type, byte[] bytes) {
    return done(HttpResponse.create().withEntity(HttpEntities.create(type, bytes)));
  }

  /** An answer that is there already. */
  public static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }

  private static HttpResponse json(int status, Object value) {
    try {
      byte[] bytes = JSON.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
      return HttpResponse.create()
          .withStatus(status)
          .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, bytes));
    } catch (JsonProcessingException defect) {
      throw new IllegalStateException(defect);
    }
  }
}
