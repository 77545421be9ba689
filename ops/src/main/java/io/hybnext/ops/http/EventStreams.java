package io.hybnext.ops.http;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Server-sent events (WHATWG HTML, 9.2) to so many clients at a time. A client that reads slowly is
 * told less often, not later: what it is told is made when it can take it.
 */
public final class EventStreams {
  private static final ContentType TYPE = MediaTypes.TEXT_EVENT_STREAM.toContentType();
  private static final ByteString ALIVE = ByteString.fromString(":\n\n");
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final int QUIET_LOOKS = 20;

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  /** For at most so many clients at a time. */
  public EventStreams(int most) {
    this.most = most;
  }

  /** Whether an answer is a stream that may last. */
  static boolean isStream(HttpResponse response) {
    return response.entity().getContentType().mediaType().equals(MediaTypes.TEXT_EVENT_STREAM);
  }

  /**
   * Begins a stream.
   *
   * @param news looked at twice a second, by one thread at a time: the data of the next event, one
   *     line, or an empty text when there is none
   */
  public CompletionStage<HttpResponse> begin(Supplier<String> news) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return Replies.done(Replies.sentence(503, "too many pages are open; close one"));
    }
    int[] quiet = {QUIET_LOOKS};
    Source<ByteString, NotUsed> events =
        Source.tick(Duration.ZERO, LOOK_EVERY, NotUsed.getInstance())
            .map(tick -> event(news.get(), quiet))
            .filter(event -> !event.isEmpty())
            .watchTermination(
                (ticks, done) -> {
                  done.whenComplete((end, error) -> open.decrementAndGet());
                  return NotUsed.getInstance();
                });
    return Replies.done(
        HttpResponse.create()
            .withEntity(HttpEntities.createChunked(TYPE, events))
            .addHeader(RawHeader.create("Cache-Control", "no-store"))
            .addHeader(RawHeader.create("X-Accel-Buffering", "no")));
  }

  /** A comment now and then keeps the connection open and finds out that a client is gone. */
  private static ByteString event(String data, int[] quiet) {
    if (!data.isEmpty()) {
      quiet[0] = 0;
      return ByteString.fromString("data: " + data + "\n\n");
    }
    quiet[0]++;
    if (quiet[0] >= QUIET_LOOKS) {
      quiet[0] = 0;
      return ALIVE;
    }
    return ByteString.emptyByteString();
  }
}
