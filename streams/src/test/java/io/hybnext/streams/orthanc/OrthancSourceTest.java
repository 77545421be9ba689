package io.hybnext.streams.orthanc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.file.Sha256;
import io.hybnext.streams.FakeNetworks;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.dicom.TestDicom;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestHandle;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.IngestSettings;
import io.hybnext.streams.ingest.IngestSettings.BurnedIn;
import io.hybnext.streams.source.SourceException;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoreSettings;
import io.hybnext.streams.store.StoredItem;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrthancSourceTest {
  private static final int SIDE = 64;
  private static final int TRIES = 2;
  private static final String JPEG_LS = "1.2.840.10008.1.2.4.80";
  private static final StoreSettings SHORT_SEGMENTS =
      new StoreSettings(1 << 20, 100, Duration.ofMillis(1));
  private static final IngestSettings SETTINGS =
      new IngestSettings(2, 4, Duration.ofMillis(20), 8 << 20, QualityGate.DEFAULT, BurnedIn.PASS);

  private static ActorTestKit testKit;

  @TempDir Path folder;
  private FakeOrthanc server;

  @BeforeAll
  static void start() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    testKit.shutdownTestKit();
  }

  @BeforeEach
  void startServer() throws Exception {
    server = new FakeOrthanc();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private static byte[] pixels(int seed) {
    BufferedImage image = TestImages.grey(SIDE, SIDE, seed);
    byte[] pixels = new byte[SIDE * SIDE];
    image.getRaster().getDataElements(0, 0, SIDE, SIDE, pixels);
    return pixels;
  }

  private static byte[] dicom(int seed) {
    return new TestDicom(SIDE, SIDE, pixels(seed)).bytes();
  }

  private OrthancSource source(Spool spool, SegmentStore store, boolean follow, String password) {
    return source(spool, store, follow, password, null);
  }

  private OrthancSource source(
      Spool spool, SegmentStore store, boolean follow, String password, Predicate<String> again) {
    return new OrthancSource(
        new OrthancSource.Settings(
            server.address(),
            "hybnext",
            password,
            "a chest x-ray",
            "train",
            follow,
            Duration.ofMillis(50),
            TRIES),
        spool,
        store.ledger()::position,
        again);
  }

  private Path storeFolder() {
    return folder.resolve("store");
  }

  private IngestReport ingest(String password) throws Exception {
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      SegmentStore store = SegmentStore.open(storeFolder(), SHORT_SEGMENTS);
      return end(begin(source(spool, store, false, password), store));
    }
  }

  private static IngestHandle begin(OrthancSource source, SegmentStore store) {
    return Ingest.run(
        testKit.system(),
        source,
        new FakeNetworks.Tokenizer("t"),
        new FakeNetworks.Encoder("e"),
        store,
        SETTINGS);
  }

  private static IngestReport end(IngestHandle handle) throws Exception {
    return handle.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private List<String> stored() {
    return FileLedger.readSegments(storeFolder()).stream()
        .flatMap(segment -> segment.items().stream())
        .map(StoredItem::id)
        .toList();
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadlineNs, "waited in vain for " + what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Test
  void shouldStoreStableStudiesAndGoOnBehindTheLastOne() throws Exception {
    server.study(1, Map.of(11, dicom(1), 12, dicom(2)));
    server.series(2, "DX", Map.of(21, dicom(3))); // not stable
    assertEquals(2, ingest("secret").stored());
    assertEquals(List.of(FakeOrthanc.id(11), FakeOrthanc.id(12)), stored());
    server.asked.clear();
    server.stable(2);
    IngestReport second = ingest("secret");
    assertEquals(1, second.stored());
    assertEquals(1, second.seen(), "the first study is not offered again");
    assertEquals(3, stored().size());
    assertFalse(server.asked.toString().contains(FakeOrthanc.id(1)), "nor asked for");
  }

  @Test
  void shouldStoreAStudyThatTheServerForgotToCallStable() throws Exception {
    server.series(1, "DX", Map.of(11, dicom(1)));
    server.study(2, Map.of(21, dicom(2)));
    assertEquals(1, ingest("secret").stored());
    assertEquals(List.of(FakeOrthanc.id(21)), stored());
    server.growing.clear(); // it was started again
    assertEquals(1, ingest("secret").stored());
    assertEquals(List.of(FakeOrthanc.id(21), FakeOrthanc.id(11)), stored());
    server.asked.clear();
    assertEquals(0, ingest("secret").seen());
    assertEquals(List.of("/changes"), server.asked);
  }

  @Test
  void shouldLeaveNoFileBehind() throws Exception {
    server.study(1, Map.of(11, dicom(1), 12, new byte[] {1, 2, 3}));
    Path spoolFolder = folder.resolve("spool");
    try (Spool spool = new Spool(spoolFolder)) {
      SegmentStore store = SegmentStore.open(storeFolder(), SHORT_SEGMENTS);
      IngestReport report = end(begin(source(spool, store, false, "secret"), store));
      assertEquals(1, report.stored());
      assertEquals(1, report.quarantined());
      try (Stream<Path> files = Files.list(spoolFolder)) {
        assertEquals(0, files.count());
      }
    }
    assertFalse(Files.exists(spoolFolder));
  }

  @Test
  void shouldStoreAGrownStudyWithoutDoublingWhatItHad() throws Exception {
    server.study(1, Map.of(11, dicom(1)));
    ingest("secret");
    server.series(1, "DX", Map.of(12, dicom(2)));
    server.stable(1);
    IngestReport second = ingest("secret");
    assertEquals(1, second.stored());
    assertEquals(1, second.alreadyStored());
    assertEquals(List.of(FakeOrthanc.id(11), FakeOrthanc.id(12)), stored());
  }

  @Test
  void shouldFollowAServerThatGoesAndComesBack() throws Exception {
    server.study(1, Map.of(11, dicom(1)));
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      SegmentStore store = SegmentStore.open(storeFolder(), SHORT_SEGMENTS);
      IngestHandle handle = begin(source(spool, store, true, "secret"), store);
      await("the first study", () -> stored().size() == 1);
      server.stop();
      server.study(2, Map.of(21, dicom(2)));
      server.start();
      await("the second study", () -> stored().size() == 2);
      handle.cancel();
      IngestReport report = end(handle);
      assertTrue(report.cancelled());
      assertEquals(2, report.stored());
    }
  }

  @Test
  void shouldPutAsideWhatTheServerLostAndGoOn() throws Exception {
    server.study(1, Map.of(11, dicom(1), 12, dicom(2), 13, dicom(3)));
    server.lost.add(FakeOrthanc.id(12));
    IngestReport report = ingest("secret");
    assertEquals(2, report.stored());
    assertEquals(Map.of("server-fails", 1L), report.reasons());
    assertTrue(report.sentences().get(0).contains("status 500"), report.sentences().get(0));
    assertEquals(TRIES, timesAskedFor(12));
  }

  private long timesAskedFor(int instance) {
    String path = "/instances/" + FakeOrthanc.id(instance) + "/file";
    return server.asked.stream().filter(path::equals).count();
  }

  @Test
  void shouldPutAsideWhatEndsTheServerEachTimeAndTakeItWhenItIsTriedAgain() throws Exception {
    server.study(1, Map.of(11, dicom(1), 12, dicom(2), 13, dicom(3)));
    server.study(2, Map.of(21, dicom(4)));
    server.fatal.add(FakeOrthanc.id(12));
    IngestReport first = ingest("secret");
    assertEquals(3, first.stored());
    assertEquals(Map.of("server-fails", 1L), first.reasons());
    assertTrue(timesAskedFor(12) >= TRIES, "a client may ask twice on its own");
    assertEquals(0, ingest("secret").seen(), "it is behind the position");
    server.asked.clear();
    IngestReport still = ingestAgain(12);
    assertEquals(1, still.seen());
    assertEquals(1, still.quarantined());
    server.fatal.clear();
    server.study(3, Map.of(31, dicom(5)));
    IngestReport second = ingestAgain(12);
    assertEquals(2, second.seen(), "the one, and what came since");
    assertEquals(2, second.stored());
    assertEquals(0, timesAskedFor(11) + timesAskedFor(13) + timesAskedFor(21));
    server.asked.clear();
    assertEquals(0, ingest("secret").seen());
    assertEquals(List.of("/changes"), server.asked, "the position did not go back");
    assertEquals(List.of(11, 13, 21, 12, 31).stream().map(FakeOrthanc::id).toList(), stored());
  }

  private IngestReport ingestAgain(int instance) throws Exception {
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      SegmentStore store = SegmentStore.open(storeFolder(), SHORT_SEGMENTS);
      String path = "orthanc/" + FakeOrthanc.id(instance) + ".dcm";
      return end(begin(source(spool, store, false, "secret", path::equals), store));
    }
  }

  @Test
  void shouldNotCountTriesOfAServerThatIsAway() throws Exception {
    server.study(1, Map.of(11, dicom(1), 12, dicom(2)));
    server.awayAfter = FakeOrthanc.id(11);
    try (Spool spool = new Spool(folder.resolve("spool"))) {
      SegmentStore store = SegmentStore.open(storeFolder(), SHORT_SEGMENTS);
      IngestHandle handle = begin(source(spool, store, false, "secret"), store);
      await("more questions than tries", () -> server.refused.get() > TRIES);
      server.awayAfter = null;
      IngestReport report = end(handle);
      assertEquals(2, report.stored());
      assertEquals(0, report.quarantined());
    }
  }

  @Test
  void shouldReadAServerWithANewDatabaseFromTheBeginning() throws Exception {
    server.study(1, Map.of(11, dicom(1)));
    server.stable(1);
    ingest("secret");
    server.changes.clear();
    server.study(3, Map.of(31, dicom(3)));
    assertEquals(1, ingest("secret").stored());
    assertEquals(List.of(FakeOrthanc.id(11), FakeOrthanc.id(31)), stored());
  }

  @Test
  void shouldTakeTheServersDecodingAndKnowTheFileByItsOwnHash() throws Exception {
    byte[] compressed = new TestDicom(SIDE, SIDE, new byte[10]).syntax(JPEG_LS).bytes();
    server.study(1, Map.of(11, compressed));
    server.decoded.put(FakeOrthanc.id(11), dicom(5));
    ingest("secret");
    StoredItem item = FileLedger.readSegments(storeFolder()).get(0).items().get(0);
    assertEquals(Sha256.hex(compressed), item.contentHash());
    server.decoded.put(
        FakeOrthanc.id(11),
        new TestDicom(SIDE, SIDE, pixels(5)).text(0x00020013, "SH", "NEXT RELEASE").bytes());
    server.stable(1);
    assertEquals(1, ingest("secret").alreadyStored());
    try (StoreReader reader = new StoreReader(storeFolder())) {
      server.study(2, Map.of(21, dicom(5)));
      ingest("secret");
      try (StoreReader later = new StoreReader(storeFolder())) {
        assertArrayEquals(later.tokens(1, 0), reader.tokens(0, 0));
      }
    }
  }

  @Test
  void shouldNameAFileThatNobodyDecodes() throws Exception {
    server.study(1, Map.of(11, new TestDicom(SIDE, SIDE, new byte[10]).syntax(JPEG_LS).bytes()));
    IngestReport report = ingest("secret");
    assertEquals(Map.of("unsupported-format", 1L), report.reasons());
    assertTrue(report.sentences().get(0).contains("orthanc-gdcm"), report.sentences().get(0));
  }

  @Test
  void shouldCaptionAStudyWithItsCleanedReport() throws Exception {
    server.series(1, "DX", Map.of(11, dicom(1)));
    server.series(
        1,
        "SR",
        Map.of(
            99,
            new TestDicom(SIDE, SIDE, pixels(9))
                .text(0x00100010, "PN", "DOE^JANE")
                .nested(0x0040A730, 0x0040A160, "UT", "No effusion. Jane Doe was well.")
                .bytes()));
    server.stable(1);
    ingest("secret");
    try (StoreReader reader = new StoreReader(storeFolder())) {
      assertEquals(1, reader.segments().get(0).items().size());
      assertEquals("No effusion. ___ ___ was well.", reader.caption(0, 0));
    }
  }

  @Test
  void shouldEndWithASentenceForAWrongPassword() {
    ExecutionException failed = assertThrows(ExecutionException.class, () -> ingest("wrong"));
    SourceException refused = (SourceException) failed.getCause();
    assertTrue(refused.getMessage().contains("orthanc.password-file"), refused.getMessage());
    assertFalse(refused.getMessage().contains("wrong"), refused.getMessage());
  }

  @Test
  void shouldEndWithASentenceWhenNobodyIsThereAndNobodyWaits() {
    server.stop();
    ExecutionException failed = assertThrows(ExecutionException.class, () -> ingest("secret"));
    assertInstanceOf(SourceException.class, failed.getCause());
    assertTrue(failed.getCause().getMessage().contains("does not answer: start it"));
  }

  @Test
  void shouldStoreAnInstanceOnceThatIsOfferedTwiceInARow() throws Exception {
    server.study(1, Map.of(11, dicom(1), 12, dicom(2)));
    server.series(2, "DX", Map.of(21, dicom(3)));
    server.series.put(FakeOrthanc.id(3), server.series.get(FakeOrthanc.id(1)));
    server.stable(3); // the same instances again, before the first are through
    IngestReport report = ingest("secret");
    assertEquals(2, report.stored());
    assertEquals(2, report.alreadyStored());
    assertEquals(0, report.quarantined());
  }
}
