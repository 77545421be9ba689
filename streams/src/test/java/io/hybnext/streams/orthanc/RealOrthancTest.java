package io.hybnext.streams.orthanc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybnext.streams.FakeNetworks;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.dicom.DicomGoldenTest;
import io.hybnext.streams.dicom.TestDicom;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestHandle;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.IngestSettings;
import io.hybnext.streams.ingest.IngestSettings.BurnedIn;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server; skipped, and said so, where the machine has none. */
class RealOrthancTest {
  private static final StoreSettings SHORT_SEGMENTS =
      new StoreSettings(1 << 20, 100, Duration.ofMillis(100));
  private static final IngestSettings SETTINGS =
      new IngestSettings(2, 4, Duration.ofMillis(20), 8 << 20, QualityGate.DEFAULT, BurnedIn.PASS);

  /** Neither DCMTK nor GDCM reads its 7 bits. */
  private static final String DECODED_BY_NOBODY = "JLSL_08_07_0_1F.dcm";

  private static ActorTestKit testKit;
  private static OrthancProcess server;
  @TempDir static Path serverFolder;

  @TempDir Path folder;
  private long begun;

  @BeforeAll
  static void start() throws Exception {
    List<String> missing = OrthancProcess.missing();
    if (!missing.isEmpty()) {
      System.out.println(
          "SKIPPED: intake from an Orthanc server, as this machine lacks " + missing);
    }
    assumeTrue(missing.isEmpty(), "install the Debian packages " + missing);
    testKit = ActorTestKit.create();
    server = OrthancProcess.start(serverFolder.resolve("orthanc"));
  }

  @BeforeEach
  void startAgain() throws Exception {
    if (!server.isAlive()) { // crashed in the test before
      server.start();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
    if (testKit != null) {
      testKit.shutdownTestKit();
    }
  }

  private static OrthancSource source(Spool spool, long since) {
    return new OrthancSource(
        new OrthancSource.Settings(
            server.address(),
            OrthancProcess.USER,
            OrthancProcess.PASSWORD,
            "a chest x-ray",
            "train",
            true,
            Duration.ofMillis(100),
            3),
        spool,
        address -> since);
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadlineNs, "waited in vain for " + what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** Studies of one image each. */
  private List<Path> studies(int first, int count) throws Exception {
    List<Path> files = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      BufferedImage image = TestImages.grey(64, 64, number);
      byte[] pixels = new byte[64 * 64];
      image.getRaster().getDataElements(0, 0, 64, 64, pixels);
      Path file = folder.resolve("study-" + number + ".dcm");
      Files.write(
          file,
          new TestDicom(64, 64, pixels)
              .text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7")
              .text(0x00080018, "UI", "1.2.3." + number)
              .bytes());
      files.add(file);
    }
    OrthancProcess.renew(files, "P" + first);
    return files;
  }

  private List<String> stored() {
    return FileLedger.readSegments(folder.resolve("store")).stream()
        .flatMap(segment -> segment.items().stream())
        .map(item -> item.contentHash())
        .toList();
  }

  private IngestHandle follow(Spool spool) {
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SHORT_SEGMENTS);
    return Ingest.run(
        testKit.system(),
        source(spool, Math.max(begun, store.ledger().position(server.address()))),
        new FakeNetworks.Tokenizer("t"),
        new FakeNetworks.Encoder("e"),
        store,
        SETTINGS);
  }

  @Test
  void shouldStoreWhatIsSentOnceThoughServerAndIngestionEndOnTheWay() throws Exception {
    begun = server.newestChange();
    IngestReport first;
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      IngestHandle handle = follow(spool);
      assertTrue(server.store(studies(1, 3)));
      await("three studies", () -> stored().size() >= 3);
      assertTrue(server.store(studies(10, 2)));
      server.kill(); // before it has called them stable
      server.start();
      await("two more", () -> stored().size() >= 5);
      handle.cancel();
      first = handle.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
    assertTrue(server.store(studies(20, 2)));
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      IngestHandle handle = follow(spool);
      await("the last two", () -> stored().size() >= 7);
      handle.cancel();
      IngestReport second = handle.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertTrue(second.seen() <= 4, "goes on behind the first three, not at " + second.seen());
    }
    assertEquals(5, first.stored());
    assertEquals(7, stored().size());
    assertEquals(7, stored().stream().distinct().count());
  }

  private static Outcome<ImageItem> first(OrthancSource source) throws Exception {
    CompletableFuture<Outcome<ImageItem>> item =
        source.items().runWith(Sink.head(), testKit.system()).toCompletableFuture();
    await("the item", () -> item.isDone() || !server.isAlive());
    if (!server.isAlive()) {
      System.out.println("SKIPPED: decoding by Orthanc, as its GDCM crashed: see the kernel's log");
    }
    assumeTrue(server.isAlive(), "Orthanc crashed while it decoded");
    return item.get();
  }

  @Test
  void shouldDecodeJpegLsAndJpeg2000ToTheReferencesValues() throws Exception {
    List<String> names =
        DicomGoldenTest.refused().filter(name -> !name.equals(DECODED_BY_NOBODY)).toList();
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      for (String name : names) {
        Path copy = folder.resolve(name);
        Files.copy(DicomGoldenTest.FOLDER.resolve(name), copy);
        OrthancProcess.renew(List.of(copy), name);
        long since = server.newestChange();
        server.post(copy);
        Outcome<ImageItem> item = first(source(spool, since));
        ImageItem kept = ((Kept<ImageItem>) item).value();
        byte[] decoded = Files.readAllBytes(kept.file());
        DicomGoldenTest.checkValues(name, decoded);
        try (DicomDecoder decoder = new DicomDecoder()) {
          assertTrue(decoder.decode(decoded).width() > 1, name);
        }
      }
    }
    assertTrue(names.size() >= 3, names.toString());
  }
}
