package io.hybnext.streams.ingest;

import io.hybnext.streams.flow.ByteBudget;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.image.ImageTokenizer;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Measures how many images a second come through ever longer parts of the pipeline that {@link
 * Ingest} runs. Every part but {@link #endToEnd} is run once before it is timed.
 */
public final class PipelineBenchmark {
  private static final long MAX_BYTES_IN_MEMORY = 256L << 20;

  private final ClassicActorSystemProvider system;
  private final ImageSource source;
  private final ImageTokenizer tokenizer;
  private final FeatureEncoder encoder;
  private final IngestSettings settings;
  private final int passes;

  /**
   * A benchmark.
   *
   * @param system runs the streams
   * @param source gives the images; is gone through several times
   * @param tokenizer as in {@link Ingest}
   * @param encoder as in {@link Ingest}
   * @param settings as in {@link Ingest}; {@code decodeParallelism} threads decode
   * @param passes timed passes over the source
   */
  public PipelineBenchmark(
      ClassicActorSystemProvider system,
      ImageSource source,
      ImageTokenizer tokenizer,
      FeatureEncoder encoder,
      IngestSettings settings,
      int passes) {
    if (passes < 1) {
      throw new IllegalArgumentException("passes = " + passes + ": want at least 1");
    }
    this.system = system;
    this.source = source;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.settings = settings;
    this.passes = passes;
  }

  private record FileInMemory(byte[] bytes, ImageHeader header) {}

  /**
   * Decoding alone, files in memory (the first 256 MiB of the source).
   *
   * @throws IOException when a file cannot be read
   */
  public PipelineFigure decode() throws IOException {
    List<FileInMemory> files = load();
    decode(files, 1);
    long startNs = System.nanoTime();
    long decoded = decode(files, passes);
    return PipelineFigure.of(
        "decode", decoded, System.nanoTime() - startNs, settings.decodeParallelism());
  }

  private List<FileInMemory> load() throws IOException {
    List<Path> paths = new ArrayList<>();
    source
        .items()
        .runForeach(
            element -> {
              if (element instanceof Kept<ImageItem> kept) {
                paths.add(kept.value().file());
              }
            },
            system)
        .toCompletableFuture()
        .join();
    List<FileInMemory> files = new ArrayList<>();
    long total = 0;
    for (Path path : paths) {
      byte[] bytes = Files.readAllBytes(path);
      total += bytes.length;
      if (total > MAX_BYTES_IN_MEMORY) {
        break;
      }
      files.add(new FileInMemory(bytes, ImageHeader.of(bytes)));
    }
    return files;
  }

  private long decode(List<FileInMemory> files, int times) {
    int threads = settings.decodeParallelism();
    ExecutorService workers = WorkerThreads.fixed("bench-decode", threads);
    try {
      List<CompletableFuture<Void>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int first = thread;
        parts.add(
            CompletableFuture.runAsync(() -> decodePart(files, first, threads, times), workers));
      }
      parts.forEach(CompletableFuture::join);
      return (long) files.size() * times;
    } finally {
      workers.shutdown();
    }
  }

  private static void decodePart(List<FileInMemory> files, int first, int stride, int times) {
    try (ImageDecoder decoder = new ImageDecoder()) {
      for (int time = 0; time < times; time++) {
        for (int i = first; i < files.size(); i += stride) {
          decoder.decode(files.get(i).bytes(), files.get(i).header());
        }
      }
    }
  }

  /** From the files to fitted images: read, hash, decode, gate, fit. */
  public PipelineFigure fit() {
    return timed("fit", (flows, networks) -> flows);
  }

  /** The same and tokens. */
  public PipelineFigure tokenise() {
    return timed(
        "tokenise",
        (prepared, networks) ->
            prepared.via(networks.group()).via(networks.tokenise()).mapConcat(batch -> batch));
  }

  /** The same and features. */
  public PipelineFigure encode() {
    return timed(
        "encode",
        (prepared, networks) ->
            prepared
                .via(networks.group())
                .via(networks.tokenise())
                .via(networks.encode())
                .mapConcat(batch -> batch));
  }

  /** A part of the pipeline behind the fitted images. */
  private interface Part<T> {
    Source<Outcome<Carried<T>>, ?> of(
        Source<Outcome<Carried<PreparedImage>>, ?> prepared, NetworkFlows networks);
  }

  private <T> PipelineFigure timed(String upTo, Part<T> part) {
    run(part);
    long images = 0;
    long startNs = System.nanoTime();
    for (int pass = 0; pass < passes; pass++) {
      images += run(part);
    }
    return PipelineFigure.of(
        upTo, images, System.nanoTime() - startNs, settings.decodeParallelism());
  }

  private <T> long run(Part<T> part) {
    ExecutorService workers = WorkerThreads.fixed("bench-decode", settings.decodeParallelism());
    try {
      IngestMeters meters = new IngestMeters(settings.decodeParallelism());
      LongAdder passed = new LongAdder();
      CompletionStage<?> done =
          part.of(
                  source.items().via(flows(workers, meters).prepare()),
                  new NetworkFlows(tokenizer, encoder, settings, meters))
              .runWith(Sink.foreach(element -> release(element, passed)), system);
      done.toCompletableFuture().join();
      return passed.sum();
    } finally {
      workers.shutdown();
    }
  }

  private static <T> void release(Outcome<Carried<T>> element, LongAdder passed) {
    if (element instanceof Kept<Carried<T>> kept) {
      kept.value().permit().close();
      passed.increment();
    }
  }

  private IngestFlows flows(ExecutorService workers, IngestMeters meters) {
    ImagePreparation preparation =
        new ImagePreparation(
            settings,
            ImageFit.centreSquare(tokenizer.imageSize(), tokenizer.channels()),
            encoder.fit(),
            meters);
    return new IngestFlows(
        settings.decodeParallelism(),
        workers,
        new ByteBudget(settings.inFlightBytes()),
        preparation,
        new KnownItems(Map.of()),
        new KnownPictures(settings.similarDistance(), List.of()),
        meters,
        new IngestCounts());
  }

  /**
   * The whole ingestion, into fresh stores below a folder; one pass is timed, as the networks are
   * warm after the other parts.
   *
   * @param scratch an empty folder; the caller removes what is left in it
   * @return the report of the timed pass; its images and seconds are the figure
   */
  public IngestReport endToEnd(Path scratch) {
    SegmentStore store = SegmentStore.open(scratch.resolve("store"), StoreSettings.DEFAULT);
    return Ingest.run(system, source, tokenizer, encoder, store, settings)
        .completion()
        .toCompletableFuture()
        .join();
  }
}
