package io.hybnext.streams.orthanc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.deidentify.CapturedLog;
import io.hybnext.streams.deidentify.PlantedFiles;
import io.hybnext.streams.deidentify.PlantedIngestion;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand identifiers on a server whose errors quote them; none in anything that following it
 * leaves and says.
 */
class PlantedOrthancTest {
  private static final int STUDIES = 10;

  @TempDir Path folder;

  @Test
  void shouldLeaveNoIdentifierOfAServerThatFailsInEveryWay() throws Exception {
    PlantedFiles planted = PlantedFiles.write(folder.resolve("in"));
    assertEquals(1000, planted.identifiers().size());
    String said;
    IngestReport report;
    try (FakeOrthanc server = new FakeOrthanc();
        CapturedLog log = new CapturedLog()) {
      offer(server);
      server.errorText = String.join(" ", planted.identifiers());
      server.garbled.addAll(List.of(FakeOrthanc.id(1), FakeOrthanc.id(1))); // told when twice
      server.lost.add(FakeOrthanc.id(100)); // of study 1
      server.fatal.add(FakeOrthanc.id(110)); // of study 2
      report = ingest(server);
      said = log.text();
    }
    assertEquals(100, report.seen());
    assertEquals(2, report.reasons().get("server-fails"), report.toString());
    assertEquals(
        10, report.reasons().get("unsupported-format"), "the server does not decode it either");
    assertTrue(said.contains("its answer is no JSON"), said);
    String left = PlantedFiles.everythingBelow(folder.resolve("store"));
    assertTrue(left.contains("server-fails") || left.contains("SERVER_FAILS"));
    assertEquals(List.of(), planted.found(left + report + said));
  }

  private void offer(FakeOrthanc server) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder.resolve("in"))) {
      files = all.filter(file -> file.toString().endsWith(".dcm")).sorted().toList();
    }
    for (int study = 1; study <= STUDIES; study++) {
      Map<Integer, byte[]> images = new TreeMap<>();
      for (int i = 0; i < files.size() / STUDIES; i++) {
        int number = (study - 1) * STUDIES + i;
        images.put(100 + number, Files.readAllBytes(files.get(number)));
      }
      server.study(study, images);
    }
  }

  private IngestReport ingest(FakeOrthanc server) throws Exception {
    Path store = folder.resolve("store");
    try (Spool spool = new Spool(store.resolve("spool"))) {
      SegmentStore segments = SegmentStore.open(store, StoreSettings.DEFAULT);
      OrthancSource source =
          new OrthancSource(
              new OrthancSource.Settings(
                  server.address(),
                  "hybnext",
                  "secret",
                  "a chest x-ray",
                  "train",
                  false,
                  Duration.ofMillis(50),
                  2),
              spool,
              segments.ledger()::position);
      return PlantedIngestion.run(source, segments, store);
    }
  }
}
