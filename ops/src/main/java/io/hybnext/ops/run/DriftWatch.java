package io.hybnext.ops.run;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.config.HybnextSettings;
import io.hybnext.model.metrics.FeatureShift;
import io.hybnext.model.metrics.KernelDistance;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.store.StoreReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Compares features of items that enter a run with those of the first items that it began with,
 * source by source. Plain arithmetic on stored numbers, at each wave.
 */
final class DriftWatch {
  private static final int LEAST = 8; // items of a source, for figures that mean something

  private final Path store;
  private final SnapshotId began;
  private final int window;
  private final double bound;
  private double[][] reference; // null until the first wave
  private long seen;

  /**
   * Nothing is read yet.
   *
   * @param began the run's own snapshot
   */
  DriftWatch(HybnextSettings settings, SnapshotId began) {
    store = settings.data().store();
    this.began = began;
    window = settings.evaluation().drift().window();
    bound = settings.evaluation().drift().bound();
    seen = began.items();
  }

  /** What an alarm says. */
  static String sentence(ProgressEvent.Drift drift) {
    return String.format(
        Locale.ROOT,
        "new items%s look unlike those that the run began with: mean shift %.2f standard"
            + " deviations (%d items); look at them before the next checkpoint becomes current",
        drift.source().isEmpty() ? "" : " from " + drift.source(),
        drift.meanShift(),
        drift.items());
  }

  /**
   * Compares the newest of what the store holds behind the items seen before.
   *
   * @throws io.hybnext.streams.store.StoreException when it cannot be read
   */
  void look(Consumer<ProgressEvent> listener) {
    if (window == 0) {
      return;
    }
    try (StoreReader reader = new StoreReader(store)) {
      DataSnapshot all =
          DataSnapshot.of(reader.segments(), began.tokenizer(), began.encoder(), began.splits());
      if (reference == null) {
        reference = features(reader, all, firstItems());
      }
      if (reference.length < LEAST) {
        return;
      }
      Map<String, List<Long>> sources = newest(reader, all);
      for (Map.Entry<String, List<Long>> source : sources.entrySet()) {
        if (source.getValue().size() >= LEAST) {
          double[][] now = features(reader, all, source.getValue());
          double shift = FeatureShift.between(reference, now);
          double distance = KernelDistance.between(reference, now);
          listener.accept(
              new ProgressEvent.Drift(
                  source.getKey(), now.length, shift, distance, shift >= bound));
        }
      }
      seen = all.size();
    }
  }

  private List<Long> firstItems() {
    List<Long> first = new ArrayList<>();
    for (long item = 0; item < Math.min(window, began.items()); item++) {
      first.add(item);
    }
    return first;
  }

  /** The newest items of each source that has new ones, at most a window. */
  private Map<String, List<Long>> newest(StoreReader reader, DataSnapshot all) {
    Map<String, List<Long>> sources = new TreeMap<>();
    for (long item = all.size() - 1; item >= began.items(); item--) {
      String source = source(reader.item(all.segment(item), all.row(item)).provenance());
      if (item < seen && !sources.containsKey(source)) {
        if (seen - item > window) {
          break;
        }
        continue; // nothing new of that one
      }
      List<Long> items = sources.computeIfAbsent(source, name -> new ArrayList<>());
      if (items.size() < window) {
        items.add(item);
      }
    }
    return sources;
  }

  private static String source(Provenance provenance) {
    return provenance.source() == null ? "" : provenance.source();
  }

  private static double[][] features(StoreReader reader, DataSnapshot all, List<Long> items) {
    double[][] features = new double[items.size()][];
    for (int i = 0; i < features.length; i++) {
      long item = items.get(i);
      float[] feature = reader.feature(all.segment(item), all.row(item));
      features[i] = new double[feature.length];
      for (int d = 0; d < feature.length; d++) {
        features[i][d] = feature[d];
      }
    }
    return features;
  }
}
