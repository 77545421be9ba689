package io.hybnext.ops.gate;

import io.hybnext.config.DataSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.StoreException;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.Withdrawals;
import java.util.List;

/** Reads the items of a store that checkpoints are measured on; withdrawn ones never. */
public final class GateSet {
  private final DataSettings data;
  private final SnapshotId began;
  private final int most;

  /**
   * Sets of a run.
   *
   * @param began the run's own snapshot
   * @param most items of a set
   */
  public GateSet(DataSettings data, SnapshotId began, int most) {
    this.data = data;
    this.began = began;
    this.most = most;
  }

  /**
   * The first held-out items of the data that the run began with: always the same.
   *
   * @throws CommandFailure when there are fewer than two
   */
  List<Sample> fixed() {
    List<Sample> samples = heldOut();
    if (samples.size() < 2) {
      throw new CommandFailure(
          "the gate has fewer than two items of the splits "
              + data.heldOutSplits()
              + " to measure on; ingest held-out items before the run begins, or set"
              + " evaluation.gate.images = 0");
    }
    return samples;
  }

  /** The same, however few there are. */
  public List<Sample> heldOut() {
    try (StoreReader reader = new StoreReader(data.store())) {
      List<SegmentRecord> first = reader.segments().subList(0, began.segments());
      return read(reader, first, data.heldOutSplits(), false);
    }
  }

  /** The last items behind those that the run began with, held-out ones first; or none. */
  List<Sample> newest() {
    try (StoreReader reader = new StoreReader(data.store())) {
      List<SegmentRecord> all = reader.segments();
      List<SegmentRecord> later = all.subList(began.segments(), all.size());
      List<Sample> samples = read(reader, later, data.heldOutSplits(), true);
      return samples.size() < 2 ? read(reader, later, data.trainSplits(), true) : samples;
    }
  }

  private List<Sample> read(
      StoreReader reader, List<SegmentRecord> segments, List<String> splits, boolean last) {
    DataSnapshot snapshot;
    try {
      snapshot = DataSnapshot.of(segments, began.tokenizer(), began.encoder(), splits);
    } catch (StoreException none) {
      return List.of();
    }
    return snapshot.samples(reader, new Withdrawals(data.store()), last, most);
  }
}
