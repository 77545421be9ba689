package io.hybnext.streams.deidentify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.source.FolderSource;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoreSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand identifiers in files, names and captions; none in anything that a run leaves. */
class PlantedIdentifiersTest {
  @TempDir Path folder;

  @Test
  void shouldLeaveNoneOfAThousandIdentifiersInAnythingThatIngestionLeaves() throws Exception {
    PlantedFiles planted = PlantedFiles.write(folder.resolve("in"));
    assertEquals(1000, planted.identifiers().size());
    assertEquals(
        planted.identifiers(),
        planted.found(PlantedFiles.everythingBelow(folder.resolve("in"))),
        "all are planted");

    IngestReport report;
    String said;
    try (CapturedLog log = new CapturedLog()) {
      report = ingest();
      said = log.text();
    }

    assertEquals(70, report.stored(), report.toString());
    assertEquals(
        Map.of("truncated", 10L, "burned-in", 10L, "unsupported-format", 10L), report.reasons());
    String left = PlantedFiles.everythingBelow(folder.resolve("store")) + report + said;
    assertEquals(List.of(), planted.found(left));
    shouldKeepWhatIsNoIdentifier();
  }

  private IngestReport ingest() throws Exception {
    Path store = folder.resolve("store");
    return PlantedIngestion.run(
        new FolderSource(folder.resolve("in"), "x-ray", "train"),
        SegmentStore.open(store, StoreSettings.DEFAULT),
        store);
  }

  private void shouldKeepWhatIsNoIdentifier() {
    try (StoreReader reader = new StoreReader(folder.resolve("store"))) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          ItemRecord item = reader.item(segment.number(), row);
          assertTrue(item.caption().startsWith("Thorax ___, PA: "), item.caption());
          assertTrue(item.caption().endsWith(PlantedFiles.FINDING), item.caption());
          assertEquals("PA", item.provenance().view());
          assertTrue(item.provenance().study().startsWith("2.25."));
          assertTrue(item.provenance().extra().contains("\"113100\""), item.provenance().extra());
        }
      }
    }
  }
}
