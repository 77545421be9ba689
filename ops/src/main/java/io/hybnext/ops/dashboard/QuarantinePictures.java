package io.hybnext.ops.dashboard;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.file.Sha256;
import io.hybnext.image.Image;
import io.hybnext.model.image.PngFile;
import io.hybnext.ops.http.Replies;
import io.hybnext.ops.intake.PutAside;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small pictures of items that were put aside, for operators: such a picture may show who a patient
 * is. Only files are read that the run's own source offers and its ledger put aside, only their
 * decoded pixels are passed on, and neither page nor log learns what they are called. One at a time
 * and one look at the source for all, by a thread of its own, so that they take little memory and
 * hold nobody up.
 */
final class QuarantinePictures implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QuarantinePictures.class);
  private static final int SIDE = 160;
  private static final long MOST_BYTES = 64 << 20;
  private static final long MOST_PIXELS = 36_000_000;
  private static final int WAITING = 128;
  private static final long PATIENCE_S = 8; // less than the server has
  private static final long LEAST_REST_NS = TimeUnit.SECONDS.toNanos(10);
  private static final int RESTS = 20; // times as long as a look takes

  private final Supplier<Optional<HybnextSettings>> settings;
  private final Supplier<List<Quarantined>> aside;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor thread;
  private Set<String> lookedFor = Set.of();
  private PutAside source; // null before the first look
  private long lookedAtNs;
  private long restNs;

  /**
   * Of a run.
   *
   * @param settings of it, once it tells them
   * @param aside what may be shown now
   * @param nanoTime as {@link System#nanoTime}
   */
  QuarantinePictures(
      Supplier<Optional<HybnextSettings>> settings,
      Supplier<List<Quarantined>> aside,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.aside = aside;
    this.nanoTime = nanoTime;
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread made = new Thread(task, "quarantine-pictures");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /** Names an item on pages, without telling where it is. */
  static String key(Quarantined item) {
    return Sha256.shortHex(item.origin() + "\n" + item.message());
  }

  /**
   * The picture of an item as PNG. Nothing (204) when there is none: the file is gone, too large or
   * cannot be decoded, its study was withdrawn, the source is a server or was found with another
   * key, or looking takes long; not found (404) when nothing of that name is aside.
   *
   * @param key of one
   */
  CompletionStage<HttpResponse> answer(String key) {
    List<Quarantined> shown = aside.get();
    Optional<Quarantined> item = shown.stream().filter(one -> key(one).equals(key)).findFirst();
    if (item.isEmpty()) {
      return Replies.done(Replies.sentence(404, "nothing of that name is aside"));
    }
    try {
      return CompletableFuture.supplyAsync(() -> picture(shown, item.get()), thread)
          .completeOnTimeout(Optional.empty(), PATIENCE_S, TimeUnit.SECONDS)
          .thenCompose(QuarantinePictures::reply);
    } catch (RejectedExecutionException busy) {
      return reply(Optional.empty());
    }
  }

  private static CompletionStage<HttpResponse> reply(Optional<byte[]> picture) {
    return picture
        .map(png -> Replies.bytes(MediaTypes.IMAGE_PNG.toContentType(), png))
        .orElseGet(() -> Replies.done(HttpResponse.create().withStatus(204)))
        .thenApply(
            answer -> answer.addHeader(RawHeader.create("Cache-Control", "no-store, private")));
  }

  private Optional<byte[]> picture(List<Quarantined> shown, Quarantined item) {
    if (item.rule() == QuarantineRule.WITHDRAWN || item.origin() == null) {
      return Optional.empty();
    }
    try {
      look(shown, item);
      Optional<Path> file =
          source == null
              ? Optional.empty()
              : source.source(item).flatMap(found -> Optional.ofNullable(found.file()));
      return file.isPresent() ? picture(file.get()) : Optional.empty();
    } catch (SettingsException server) {
      return Optional.empty(); // its images are not kept
    } catch (IOException | RuntimeException e) {
      LOG.warn("no picture of {}: {}", item.origin(), e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  /** Through the source, when there is something aside that was not looked for. */
  private void look(List<Quarantined> shown, Quarantined item) {
    Optional<HybnextSettings> known = settings.get();
    long nowNs = nanoTime.getAsLong();
    boolean soon = source != null && nowNs - lookedAtNs < restNs;
    if (known.isEmpty() || soon || lookedFor.contains(item.origin())) {
      return;
    }
    Set<String> wanted = new HashSet<>();
    shown.forEach(one -> wanted.add(one.origin()));
    source = new PutAside(known.get());
    lookedFor = Set.of();
    try {
      source.readSource(wanted::contains);
      lookedFor = wanted;
    } finally {
      lookedAtNs = nanoTime.getAsLong();
      restNs = Math.max(LEAST_REST_NS, RESTS * (lookedAtNs - nowNs)); // large sources take long
    }
  }

  private static Optional<byte[]> picture(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    try (ImageDecoder decoder = new ImageDecoder()) {
      ImageHeader header = ImageHeader.of(bytes);
      if ((long) header.width() * header.height() > MOST_PIXELS) {
        return Optional.empty();
      }
      Image image = decoder.decode(bytes, header);
      Image small = ImageFit.centreSquare(SIDE, image.channels()).apply(image);
      return Optional.of(
          PngFile.encode(small.pixels(), small.width(), small.height(), small.channels()));
    } catch (QuarantineException undecodable) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
