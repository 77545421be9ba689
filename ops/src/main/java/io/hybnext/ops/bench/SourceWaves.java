package io.hybnext.ops.bench;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.intake.IntakeSource;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageTokenizer;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestHandle;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoreSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Puts the images of a manifest into a store in waves, one collection (key {@code source} of its
 * lines) after the other, as they would come from one hospital after the other.
 */
final class SourceWaves {
  private final HybnextSettings settings;
  private final ImageTokenizer tokenizer;
  private final FeatureEncoder encoder;
  private final ActorSystem<?> system;
  private final Path store;

  /**
   * Nothing is stored yet.
   *
   * @param tokenizer stays the caller's, as the encoder does
   * @param store empty folder
   */
  SourceWaves(
      HybnextSettings settings,
      ImageTokenizer tokenizer,
      FeatureEncoder encoder,
      ActorSystem<?> system,
      Path store) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.system = system;
    this.store = store;
  }

  /**
   * Stores the images of one collection.
   *
   * @param name how its name begins
   * @param most images to train on; of others half as many of each split
   * @return all items to train on that are stored now
   */
  SnapshotId add(String name, int most) throws InterruptedException {
    ImageSource all = IntakeSource.ofFiles(settings);
    IngestHandle handle =
        Ingest.run(
            system,
            new Part(all, name, most, settings.data().trainSplits()),
            tokenizer,
            encoder,
            SegmentStore.open(store, StoreSettings.DEFAULT),
            IngestService.settings(settings.intake()));
    try {
      handle.completion().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new CommandFailure(e.getCause().getMessage(), e.getCause());
    }
    return snapshot(settings.data().trainSplits()).id();
  }

  private DataSnapshot snapshot(List<String> splits) {
    try (StoreReader reader = new StoreReader(store)) {
      return DataSnapshot.of(
          reader.segments(), tokenizer.fingerprint(), encoder.fingerprint(), splits);
    }
  }

  /** Held-out items of a collection. */
  List<Sample> heldOut(String name) {
    DataSnapshot snapshot = snapshot(settings.data().heldOutSplits());
    List<Sample> samples = new ArrayList<>();
    try (StoreReader reader = new StoreReader(store)) {
      for (long item = 0; item < snapshot.size(); item++) {
        int segment = snapshot.segment(item);
        int row = snapshot.row(item);
        String source = reader.item(segment, row).provenance().source();
        if (source != null && source.startsWith(name)) {
          samples.add(snapshot.sample(reader, item));
        }
      }
    }
    return samples;
  }

  /** The first images of a collection. */
  private record Part(ImageSource all, String name, int most, List<String> trained)
      implements ImageSource {

    @Override
    public Source<Outcome<ImageItem>, NotUsed> items() {
      return Source.lazySource(() -> all.items().filter(first()::test))
          .mapMaterializedValue(later -> NotUsed.getInstance());
    }

    private Predicate<Outcome<ImageItem>> first() {
      Map<String, Integer> taken = new HashMap<>();
      return element -> {
        if (!(element instanceof Outcome.Kept<ImageItem> kept)) {
          return false;
        }
        ImageItem item = kept.value();
        String source = item.provenance().source();
        return source != null
            && source.startsWith(name)
            && taken.merge(item.split(), 1, Integer::sum)
                <= (trained.contains(item.split()) ? most : most / 2);
      };
    }

    @Override
    public String describe() {
      return name + " of " + all.describe();
    }
  }
}
