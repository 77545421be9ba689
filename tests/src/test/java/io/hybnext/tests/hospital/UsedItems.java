package io.hybnext.tests.hospital;

import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WavePlan;
import io.hybnext.streams.ledger.ItemLedger;
import io.hybnext.streams.ledger.ItemState;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoredItem;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** At which step of a run each stored item was used first, and whether all books agree. */
final class UsedItems {
  private final FleetRun run;
  private final List<Wave> waves;
  private final List<SegmentRecord> segments;

  /** What is stored, and has entered, now. */
  UsedItems(FleetRun run) {
    this.run = run;
    waves = new RunFolder(run.folder()).waves().waves(); // before the segments that they name
    segments = FileLedger.readSegments(run.store());
  }

  /** How often each item is listed, by its id. */
  Map<String, Integer> listed() {
    Map<String, Integer> listed = new HashMap<>();
    for (SegmentRecord segment : segments) {
      segment.items().forEach(item -> listed.merge(item.id(), 1, Integer::sum));
    }
    return listed;
  }

  /** First step, from 0, of the items that entered the run, by id. */
  Map<String, Long> firstSteps() {
    if (waves.isEmpty()) {
      return Map.of();
    }
    RunFile file = RunFile.read(new RunFolder(run.folder()));
    SnapshotId began = file.snapshot();
    WavePlan plan =
        new WavePlan(
            file.effective().training().seed(),
            began.items(),
            file.effective().training().globalBatch(),
            waves);
    DataSnapshot last = DataSnapshot.reopen(segments, waves.get(waves.size() - 1).snapshot());
    Map<String, Long> steps = new HashMap<>();
    for (long item = began.items(); item < last.size(); item++) {
      StoredItem stored = segments.get(last.segment(item)).items().get(last.row(item));
      steps.put(stored.id(), plan.firstStep(item));
    }
    return steps;
  }

  /** Whether segments hold what the file ledger lists, and the database has all of it stored. */
  boolean agree(ItemLedger database, Diary diary) {
    long listed = 0;
    try (StoreReader reader = new StoreReader(run.store())) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          if (!reader.item(segment.number(), row).id().equals(segment.items().get(row).id())) {
            return false;
          }
          listed++;
        }
      }
    }
    String files = segments.size() + " segments, " + Map.of(ItemState.STORED, listed);
    String mirrored = database.segments() + " segments, " + database.counts();
    diary.note("the files list " + files + "; the database " + mirrored);
    return files.equals(mirrored);
  }
}
