package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;

/**
 * A source of images that is looked at again and again. Looks happen one at a time, on a thread of
 * the source's own, and only when the stream asks: a full stream is not added to. Pauses hold no
 * thread; the end of the stream interrupts a look.
 */
public final class PolledSource {
  private PolledSource() {}

  /** Looks for what is new. Called by one thread at a time. */
  public interface Feed {
    /** What is there now; a {@link SourceException} ends the stream. */
    Look look() throws InterruptedException;
  }

  /**
   * What a look found.
   *
   * @param found in order; may be empty
   * @param pause until the next look; null when there is none
   */
  public record Look(List<Outcome<ImageItem>> found, Duration pause) {

    /** Something, and more at once. */
    public static Look found(List<Outcome<ImageItem>> found) {
      return new Look(found, Duration.ZERO);
    }

    /** Nothing for now. */
    public static Look nothingFor(Duration pause) {
      return new Look(List.of(), pause);
    }

    /** The last ones. */
    public static Look last(List<Outcome<ImageItem>> found) {
      return new Look(found, null);
    }
  }

  /** A fresh feed for each time that the source is run. */
  public static Source<Outcome<ImageItem>, NotUsed> of(String name, Supplier<Feed> feeds) {
    return Source.lazySource(() -> started(name, feeds.get()))
        .mapMaterializedValue(ignored -> NotUsed.getInstance())
        .named(name);
  }

  private static Source<Outcome<ImageItem>, NotUsed> started(String name, Feed feed) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "source-" + name);
              made.setDaemon(true);
              return made;
            });
    return Source.unfoldAsync(
            Optional.of(Duration.ZERO),
            pause ->
                pause.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.supplyAsync(() -> look(feed), after(pause.get(), thread))
                        .thenApply(
                            look ->
                                Optional.of(
                                    Pair.create(Optional.ofNullable(look.pause()), look.found()))))
        .mapConcat(found -> found)
        .watchTermination(
            (value, end) -> {
              end.whenComplete((done, error) -> thread.shutdownNow());
              return value;
            });
  }

  private static Executor after(Duration pause, Executor thread) {
    return pause.isZero()
        ? thread
        : CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, thread);
  }

  private static Look look(Feed feed) {
    try {
      return feed.look();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      return Look.last(List.of());
    }
  }
}
