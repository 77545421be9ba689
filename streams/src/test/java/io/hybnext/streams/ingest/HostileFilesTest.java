package io.hybnext.streams.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.FakeNetworks;
import io.hybnext.streams.deidentify.CaptionTemplate;
import io.hybnext.streams.deidentify.DeidentifiedSource;
import io.hybnext.streams.deidentify.DoorSettings;
import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.deidentify.PseudonymKey;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.source.FolderSource;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Broken and hostile files: each is stored or put aside with a reason, the bytes in flight stay
 * within their bound, and the sound ones between them come through. {@code
 * -Dhybnext.hostile.files=100000} makes it a measurement.
 */
class HostileFilesTest {
  private static final int FILES = Integer.getInteger("hybnext.hostile.files", 600);
  private static final int A_ROUND = 5000;
  private static final long BOUND = 4 << 20;
  private static final IngestSettings SETTINGS =
      new IngestSettings(
          2, 8, Duration.ofMillis(20), BOUND, QualityGate.DEFAULT.withSize(16, 1 << 20));

  @TempDir Path folder;

  private final Map<String, Long> reasons = new TreeMap<>();
  private long seen;
  private long stored;
  private long duplicates;
  private long peakBytes;

  @Test
  void shouldStoreOrPutAsideEveryFileAndNeverStop() throws Exception {
    ActorTestKit kit = ActorTestKit.create();
    long beganNs = System.nanoTime();
    try {
      for (int from = 0; from < FILES; from += A_ROUND) {
        round(kit, from, Math.min(FILES, from + A_ROUND));
      }
    } finally {
      kit.shutdownTestKit();
    }
    System.out.printf(
        "%d hostile files: %d offered, %d stored, %d duplicates, put aside %s, at most %d bytes in"
            + " flight, %.1f s%n",
        FILES, seen, stored, duplicates, reasons, peakBytes, (System.nanoTime() - beganNs) / 1e9);
    assertTrue(peakBytes <= BOUND, "peak " + peakBytes);
    assertTrue(stored >= FILES / HostileFiles.KINDS, "the sound ones at least: " + stored);
    assertTrue(reasons.size() > 3, reasons.toString());
  }

  private void round(ActorTestKit kit, int from, int to) throws Exception {
    Path files = Files.createDirectories(folder.resolve("in"));
    HostileFiles hostile = new HostileFiles(files);
    for (int number = from; number < to; number++) {
      hostile.write(number);
    }
    Path store = folder.resolve("store-" + from);
    IngestReport report = ingest(kit, files, store);
    long offered = offered(files);
    assertEquals(offered, report.seen(), "every file that looks like an image is offered");
    assertEquals(
        report.seen(),
        report.stored() + report.alreadyStored() + report.duplicates() + report.quarantined(),
        report.toString());
    shouldGiveEachAReason(store, report);
    delete(files);
    delete(store);
    seen += report.seen();
    stored += report.stored();
    duplicates += report.duplicates();
    report.reasons().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    peakBytes = Math.max(peakBytes, report.peakBytesInFlight());
  }

  private static void shouldGiveEachAReason(Path store, IngestReport report) {
    Map<String, Long> noted = new HashMap<>();
    try (SegmentStore opened = SegmentStore.open(store, StoreSettings.DEFAULT)) {
      for (Quarantined one : opened.ledger().quarantined()) {
        noted.merge(one.rule().key(), 1L, Long::sum);
        assertTrue(one.message() != null && !one.message().isBlank(), one.toString());
      }
    }
    assertEquals(report.reasons(), noted);
  }

  private static IngestReport ingest(ActorTestKit kit, Path files, Path store) throws Exception {
    ImageSource source =
        new DeidentifiedSource(
            new FolderSource(files, "x-ray", "train"),
            new DoorSettings(
                Scope.DICOM,
                PseudonymKey.lazily(store.resolve("pseudonyms.key")),
                new CaptionTemplate("{caption}")));
    return Ingest.run(
            kit.system(),
            source,
            new FakeNetworks.Tokenizer("t"),
            new FakeNetworks.Encoder("e"),
            SegmentStore.open(store, StoreSettings.DEFAULT),
            SETTINGS)
        .completion()
        .toCompletableFuture()
        .get(10, TimeUnit.MINUTES);
  }

  /** Regular files, at the end of links too, that are no caption. */
  private static long offered(Path files) throws IOException {
    try (Stream<Path> all = Files.walk(files)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith(".txt"))
          .filter(HostileFilesTest::looksLikeAnImage)
          .count();
    }
  }

  private static boolean looksLikeAnImage(Path file) {
    return List.of(".jpg", ".png", ".dcm").stream().anyMatch(file.toString()::endsWith)
        || file.getFileName().toString().indexOf('.') < 0;
  }

  private static void delete(Path start) throws IOException {
    Files.walkFileTree(
        start,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException error)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
