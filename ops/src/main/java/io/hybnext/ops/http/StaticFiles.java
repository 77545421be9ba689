package io.hybnext.ops.http;

import io.hybnext.ops.http.Endpoint.Call;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Files of the class path, each under a path of its own: what is not listed does not exist, so no
 * path leads out.
 */
public final class StaticFiles {
  private StaticFiles() {}

  /**
   * An endpoint for one file, for anybody: it holds no data.
   *
   * @param path it is asked for by
   * @param near a class beside whose package the file is looked for
   * @param resource its name there
   * @param type of its content
   * @throws IllegalStateException when it is missing from the build
   */
  public static Endpoint file(String path, Class<?> near, String resource, ContentType type) {
    byte[] bytes;
    try (InputStream in = near.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(resource + " cannot be read", e);
    }
    String tag = "\"" + Integer.toHexString(java.util.Arrays.hashCode(bytes)) + bytes.length + "\"";
    return Endpoint.open(path, call -> answer(call, type, bytes, tag));
  }

  private static CompletionStage<HttpResponse> answer(
      Call call, ContentType type, byte[] bytes, String tag) {
    List<HttpHeader> headers =
        List.of(RawHeader.create("ETag", tag), RawHeader.create("Cache-Control", "no-cache"));
    boolean known =
        call.request().getHeader("if-none-match").map(HttpHeader::value).orElse("").equals(tag);
    if (known) {
      return Replies.done(HttpResponse.create().withStatus(304).addHeaders(headers));
    }
    return Replies.bytes(type, bytes).thenApply(response -> response.addHeaders(headers));
  }
}
