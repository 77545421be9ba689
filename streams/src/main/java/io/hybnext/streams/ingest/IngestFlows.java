package io.hybnext.streams.ingest;

import io.hybnext.file.Sha256;
import io.hybnext.streams.flow.ByteBudget;
import io.hybnext.streams.ingest.ImagePreparation.FileBytes;
import io.hybnext.streams.ingest.ImagePreparation.Probe;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.Outcome.Mark;
import io.hybnext.streams.item.QuarantineException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * The stages from item to fitted image, each a named flow. All keep the order of the source, so
 * that stored items are numbered the same way every time.
 *
 * <p>An item takes its bytes once, in stream order, after its header said how many they are ({@link
 * ByteBudget}); no stage after that waits for bytes.
 */
final class IngestFlows {
  /** Tasks handed out a worker thread: none is idle while the stream takes a result back. */
  private static final int TASKS_A_WORKER = 8;

  private final int window;
  private final Executor workers;
  private final ByteBudget budget;
  private final ImagePreparation preparation;
  private final KnownItems known;
  private final KnownPictures pictures;
  private final IngestMeters meters;
  private final IngestCounts counts;

  IngestFlows(
      int parallelism,
      Executor workers,
      ByteBudget budget,
      ImagePreparation preparation,
      KnownItems known,
      KnownPictures pictures,
      IngestMeters meters,
      IngestCounts counts) {
    this.window = TASKS_A_WORKER * parallelism;
    this.workers = workers;
    this.budget = budget;
    this.preparation = preparation;
    this.known = known;
    this.pictures = pictures;
    this.meters = meters;
    this.counts = counts;
  }

  /** Item to fitted image: probe, admit, read, select, decode with gate and fit, compare. */
  Flow<Outcome<ImageItem>, Outcome<Carried<PreparedImage>>, NotUsed> prepare() {
    return Flow.<Outcome<ImageItem>>create()
        .map(this::count)
        .via(probe())
        .via(admit())
        .via(read())
        .via(select())
        .via(decode())
        .via(compare());
  }

  private Outcome<ImageItem> count(Outcome<ImageItem> element) {
    if (!(element instanceof Mark)) {
      counts.seen.increment();
    }
    return element;
  }

  private record Probed(ImageItem item, Probe probe) {}

  private Flow<Outcome<ImageItem>, Outcome<Probed>, NotUsed> probe() {
    return Flow.<Outcome<ImageItem>>create()
        .mapAsync(
            window,
            element -> {
              if (element instanceof Kept<ImageItem> kept) {
                meters.probe.arrive(1, 0);
                return CompletableFuture.supplyAsync(() -> probe(kept.value()), workers);
              }
              return passOn(element);
            })
        .named("probe");
  }

  private Outcome<Probed> probe(ImageItem item) {
    long beganNs = meters.probe.begin(1);
    try {
      return Outcome.kept(new Probed(item, preparation.probe(item.file())));
    } catch (QuarantineException refused) {
      meters.probe.quarantine();
      return Carried.rejected(item, null, refused);
    } finally {
      meters.probe.finish(1, 0, beganNs);
    }
  }

  /** One at a time, so that bytes are granted in stream order. */
  private Flow<Outcome<Probed>, Outcome<Carried<Probe>>, NotUsed> admit() {
    return Flow.<Outcome<Probed>>create()
        .mapAsync(
            1,
            element -> {
              if (element instanceof Kept<Probed> kept) {
                Probed probed = kept.value();
                return budget
                    .acquire(preparation.neededBytes(probed.probe()))
                    .thenApply(
                        permit ->
                            Outcome.kept(
                                new Carried<>(probed.item(), permit, null, probed.probe())));
              }
              return passOn(element);
            })
        .named("admit");
  }

  private Flow<Outcome<Carried<Probe>>, Outcome<Carried<FileBytes>>, NotUsed> read() {
    return Flow.<Outcome<Carried<Probe>>>create()
        .mapAsync(
            window,
            element -> {
              if (element instanceof Kept<Carried<Probe>> kept) {
                meters.read.arrive(1, kept.value().payload().fileBytes());
                return CompletableFuture.supplyAsync(() -> read(kept.value()), workers);
              }
              return passOn(element);
            })
        .named("read");
  }

  private Outcome<Carried<FileBytes>> read(Carried<Probe> element) {
    long beganNs = meters.read.begin(1);
    try {
      FileBytes file = preparation.read(element.item().file(), element.payload());
      String given = element.item().contentHash();
      String hash = given == null ? Sha256.hex(file.bytes()) : given;
      return Outcome.kept(new Carried<>(element.item(), element.permit(), hash, file));
    } catch (QuarantineException refused) {
      meters.read.quarantine();
      return element.rejected(refused);
    } finally {
      meters.read.finish(1, element.payload().fileBytes(), beganNs);
    }
  }

  /** Lets new content through, drops what is stored already, puts duplicates aside. */
  private Flow<Outcome<Carried<FileBytes>>, Outcome<Carried<FileBytes>>, NotUsed> select() {
    return Flow.<Outcome<Carried<FileBytes>>>create().mapConcat(this::select).named("select");
  }

  private List<Outcome<Carried<FileBytes>>> select(Outcome<Carried<FileBytes>> element) {
    if (!(element instanceof Kept<Carried<FileBytes>> kept)) {
      return List.of(element); // put aside, or a mark
    }
    Carried<FileBytes> file = kept.value();
    try {
      if (known.isNew(file.item(), file.contentHash())) {
        return List.of(element);
      }
      counts.alreadyStored.increment();
      file.permit().close();
      return List.of();
    } catch (QuarantineException duplicate) {
      return List.of(file.rejected(duplicate));
    }
  }

  private Flow<Outcome<Carried<FileBytes>>, Outcome<Carried<PreparedImage>>, NotUsed> decode() {
    return Flow.<Outcome<Carried<FileBytes>>>create()
        .mapAsync(
            window,
            element -> {
              if (element instanceof Kept<Carried<FileBytes>> kept) {
                meters.decode.arrive(1, kept.value().payload().bytes().length);
                return CompletableFuture.supplyAsync(() -> decode(kept.value()), workers);
              }
              return passOn(element);
            })
        .named("decode");
  }

  private Outcome<Carried<PreparedImage>> decode(Carried<FileBytes> element) {
    long beganNs = meters.decode.begin(1);
    try {
      PreparedImage image = preparation.prepare(element.payload(), element.item().codes(), beganNs);
      return element.with(image, image.sizeBytes());
    } catch (QuarantineException refused) {
      return element.rejected(refused);
    }
  }

  /** Puts aside what looks like another image. */
  private Flow<Outcome<Carried<PreparedImage>>, Outcome<Carried<PreparedImage>>, NotUsed>
      compare() {
    return Flow.<Outcome<Carried<PreparedImage>>>create().map(this::compare).named("compare");
  }

  private Outcome<Carried<PreparedImage>> compare(Outcome<Carried<PreparedImage>> element) {
    if (!pictures.areCompared() || !(element instanceof Kept<Carried<PreparedImage>> kept)) {
      return element;
    }
    try {
      pictures.check(kept.value().item().id(), kept.value().payload().picture());
      return element;
    } catch (QuarantineException alike) {
      return kept.value().rejected(alike);
    }
  }

  /** An element put aside earlier, or a mark. */
  private static <A, B> CompletionStage<Outcome<B>> passOn(Outcome<A> element) {
    return CompletableFuture.completedFuture(element.as());
  }
}
