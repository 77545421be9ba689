package io.hybnext.streams.ingest;

import io.hybnext.streams.flow.ByteBudget;
import io.hybnext.streams.flow.StageSnapshot;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageTokenizer;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.Outcome.Mark;
import io.hybnext.streams.item.Outcome.Rejected;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.SegmentStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** One ingestion: its threads, its graph, its end. */
final class IngestRun implements IngestHandle {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final ImageSource source;
  private final SegmentStore store;
  private final SegmentSchema schema;
  private final IngestMeters meters;
  private final IngestCounts counts = new IngestCounts();
  private final ByteBudget budget;
  private final IngestFlows flows;
  private final NetworkFlows networks;
  private final ExecutorService workers;
  private final ExecutorService storeThread = WorkerThreads.fixed("ingest-store", 1);
  private final long listedBefore;
  private final long startNs = System.nanoTime();
  private UniqueKillSwitch killSwitch;
  private CompletionStage<IngestReport> completion;
  private volatile boolean cancelled;

  IngestRun(
      ImageSource source,
      ImageTokenizer tokenizer,
      FeatureEncoder encoder,
      SegmentStore store,
      IngestSettings settings) {
    this.source = source;
    this.store = store;
    schema = Ingest.schema(tokenizer, encoder);
    meters = new IngestMeters(settings.decodeParallelism());
    budget = new ByteBudget(settings.inFlightBytes());
    workers = WorkerThreads.fixed("ingest-decode", settings.decodeParallelism());
    listedBefore = listed();
    ImagePreparation preparation =
        new ImagePreparation(
            settings,
            ImageFit.centreSquare(tokenizer.imageSize(), tokenizer.channels()),
            encoder.fit(),
            meters);
    flows =
        new IngestFlows(
            settings.decodeParallelism(),
            workers,
            budget,
            preparation,
            new KnownItems(store.storedItems(schema)),
            new KnownPictures(settings.similarDistance(), store.storedItems(schema).values()),
            meters,
            counts);
    networks = new NetworkFlows(tokenizer, encoder, settings, meters);
  }

  IngestHandle start(ClassicActorSystemProvider system) {
    var running =
        items()
            .via(flows.prepare())
            .via(networks.group())
            .via(networks.tokenise())
            .via(networks.encode())
            .via(store())
            .toMat(Sink.ignore(), Keep.both())
            .named("ingest")
            .run(system);
    killSwitch = running.first();
    completion =
        running.second().handle((done, error) -> error).thenComposeAsync(this::end, storeThread);
    return this;
  }

  private Source<Outcome<ImageItem>, UniqueKillSwitch> items() {
    return source.items().viaMat(KillSwitches.single(), Keep.right());
  }

  private Flow<List<Outcome<Carried<ItemRecord>>>, Done, NotUsed> store() {
    return Flow.<List<Outcome<Carried<ItemRecord>>>>create()
        .keepAlive(LOOK_EVERY, List::of) // a segment may get old while nothing comes
        .mapAsync(1, batch -> CompletableFuture.supplyAsync(() -> store(batch), storeThread))
        .named("store");
  }

  private Done store(List<Outcome<Carried<ItemRecord>>> batch) {
    for (Outcome<Carried<ItemRecord>> element : batch) {
      if (element instanceof Kept<Carried<ItemRecord>> kept) {
        store(kept.value());
      } else if (element instanceof Rejected<Carried<ItemRecord>> rejected) {
        store.quarantine(rejected.reason());
        counts.quarantined(rejected.reason());
      } else if (element instanceof Mark<Carried<ItemRecord>> mark) {
        pass(mark);
      }
    }
    store.flushIfOld();
    return Done.getInstance();
  }

  private void pass(Mark<Carried<ItemRecord>> mark) {
    mark.passed().run();
    if (mark.position() != null) {
      store.position(mark.position());
    }
  }

  private void store(Carried<ItemRecord> element) {
    long bytes = element.permit().bytes();
    meters.store.arrive(1, bytes);
    long beganNs = meters.store.begin(1);
    try {
      store.append(schema, element.payload());
      counts.stored.increment();
    } finally {
      meters.store.finish(1, bytes, beganNs);
      element.permit().close(); // from here on the store's own limit bounds it
    }
  }

  /** On the store's thread, after the stream's last write: publishes, closes, reports. */
  private CompletionStage<IngestReport> end(Throwable streamError) {
    Throwable failure = streamError;
    long stored = 0;
    try {
      store.flush();
      stored = listed() - listedBefore;
    } catch (RuntimeException error) {
      failure = failure == null ? error : failure;
    }
    try {
      store.close();
    } catch (RuntimeException error) {
      failure = failure == null ? error : failure;
    }
    workers.shutdown();
    storeThread.shutdown();
    return failure == null
        ? CompletableFuture.completedFuture(report(stored))
        : CompletableFuture.failedFuture(
            failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure);
  }

  private long listed() {
    return store.ledger().segments().stream().mapToLong(segment -> segment.items().size()).sum();
  }

  private IngestReport report(long stored) {
    return new IngestReport(
        source.describe(),
        counts.seen.sum(),
        stored,
        counts.alreadyStored.sum(),
        counts.duplicates(),
        counts.quarantined(),
        counts.reasons(),
        counts.sentences(),
        cancelled,
        budget.peakBytes(),
        (System.nanoTime() - startNs) / 1e9,
        meters.snapshots());
  }

  @Override
  public CompletionStage<IngestReport> completion() {
    return completion;
  }

  @Override
  public void cancel() {
    cancelled = true;
    killSwitch.shutdown();
  }

  @Override
  public List<StageSnapshot> meters() {
    return meters.snapshots();
  }

  @Override
  public IngestReport progress() {
    return report(counts.stored.sum());
  }
}
