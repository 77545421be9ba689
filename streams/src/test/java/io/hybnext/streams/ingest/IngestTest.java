package io.hybnext.streams.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.image.Image;
import io.hybnext.streams.FakeNetworks;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.ingest.IngestSettings.BurnedIn;
import io.hybnext.streams.source.FolderSource;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.source.ManifestSource;
import io.hybnext.streams.source.TokenRecords;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoreSettings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestTest {
  private static final StoreSettings SEGMENTS_OF_5 =
      new StoreSettings(1 << 20, 5, Duration.ofMinutes(1));
  private static final IngestSettings SETTINGS =
      new IngestSettings(2, 4, Duration.ofMillis(20), 8 << 20, QualityGate.DEFAULT);

  private static ActorTestKit testKit;

  private final FakeNetworks.Tokenizer tokenizer = new FakeNetworks.Tokenizer("tokenizer-1");
  private final FakeNetworks.Encoder encoder = new FakeNetworks.Encoder("encoder-1");

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    testKit.shutdownTestKit();
  }

  private IngestHandle begin(ImageSource source, IngestSettings settings) {
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5);
    return Ingest.run(testKit.system(), source, tokenizer, encoder, store, settings);
  }

  private IngestReport ingest(ImageSource source) throws Exception {
    return end(begin(source, SETTINGS));
  }

  private static IngestReport end(IngestHandle handle) throws Exception {
    return handle.completion().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private ImageSource images() {
    return new FolderSource(folder.resolve("images"), "a chest x-ray", "train");
  }

  private List<ItemRecord> stored() {
    List<ItemRecord> items = new ArrayList<>();
    try (StoreReader reader = new StoreReader(folder.resolve("store"))) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          items.add(reader.item(segment.number(), row));
        }
      }
    }
    return items;
  }

  @Test
  void shouldStoreTokensFeatureAndProvenanceOfEveryImageInOrder() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 12, 64);
    IngestReport report = ingest(images());
    assertEquals(12, report.seen());
    assertEquals(12, report.stored());
    List<ItemRecord> items = stored();
    assertEquals(12, items.size());
    for (int i = 0; i < 12; i++) {
      byte[] file = TestImages.jpeg(64, 64, i);
      try (ImageDecoder decoder = new ImageDecoder()) {
        Image image = decoder.decode(file, ImageHeader.of(file));
        ItemRecord item = items.get(i);
        assertEquals(String.format("%03d.jpg", i), item.id());
        assertEquals("a chest x-ray", item.caption());
        assertArrayEquals(
            FakeNetworks.Tokenizer.tokens(ImageFit.centreSquare(32, 1).apply(image)),
            item.tokens());
        assertArrayEquals(
            FakeNetworks.Encoder.feature(ImageFit.centreSquare(24, 3).apply(image)),
            item.feature());
      }
    }
  }

  @Test
  void shouldPutAsideWhatLooksLikeAnotherImageAlsoInALaterRun() throws Exception {
    Path images = Files.createDirectories(folder.resolve("images"));
    byte[] picture = TestImages.radiograph(1);
    BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(picture));
    Files.write(images.resolve("a.jpg"), picture);
    Files.write(images.resolve("b.png"), TestImages.encode(decoded, "png")); // the same picture
    Files.write(images.resolve("c.jpg"), TestImages.radiograph(2));
    IngestSettings comparing =
        new IngestSettings(
            2, 4, Duration.ofMillis(20), 8 << 20, QualityGate.DEFAULT, BurnedIn.PASS, 2);
    IngestReport first = end(begin(images(), comparing));
    assertEquals(2, first.stored());
    assertEquals(1, first.duplicates());
    Files.delete(images.resolve("a.jpg"));
    IngestReport second = end(begin(images(), comparing));
    assertEquals(1, second.duplicates(), "b.png looks like what the first run stored");
    try (SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5)) {
      String message = store.ledger().quarantined().get(0).message();
      assertTrue(message.startsWith("b.png: looks like item a.jpg"), message);
    }
    assertEquals(1, ingest(images()).stored(), "bytes alone: they differ");
  }

  @Test
  void shouldComputeNothingInASecondRun() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 12, 64);
    ingest(images());
    byte[] ledger = Files.readAllBytes(folder.resolve("store/ledger.jsonl"));
    IngestReport second = ingest(images());
    assertEquals(12, tokenizer.images.get());
    assertEquals(12, encoder.images.get());
    assertEquals(12, second.alreadyStored());
    assertEquals(0, second.stored());
    assertEquals(
        0,
        second.stages().stream()
            .filter(stage -> stage.stage().equals("decode"))
            .findFirst()
            .orElseThrow()
            .elements());
    assertArrayEquals(ledger, Files.readAllBytes(folder.resolve("store/ledger.jsonl")));
  }

  @Test
  void shouldComputeAgainForAnotherTokenizer() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 3, 64);
    ingest(images());
    FakeNetworks.Tokenizer other = new FakeNetworks.Tokenizer("tokenizer-2");
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5);
    IngestReport report =
        end(Ingest.run(testKit.system(), images(), other, encoder, store, SETTINGS));
    assertEquals(3, report.stored());
    assertEquals(3, other.images.get());
  }

  @Test
  void shouldPutAsideWhatIsWrongAndGoOn() throws Exception {
    Path images = folder.resolve("images");
    TestImages.writeFolder(images, 3, 64);
    byte[] whole = TestImages.jpeg(64, 64, 99);
    Files.write(images.resolve("cut.jpg"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(images.resolve("copy.jpg"), TestImages.jpeg(64, 64, 1));
    Files.write(images.resolve("text.png"), "not an image".getBytes(StandardCharsets.UTF_8));
    Files.write(images.resolve("long.png"), TestImages.png(320, 40, 1));
    Files.write(images.resolve("tiny.png"), TestImages.png(8, 8, 1));
    Files.write(images.resolve("empty.png"), new byte[0]);
    IngestReport report = ingest(images());
    assertEquals(9, report.seen());
    assertEquals(3, report.stored());
    assertEquals(1, report.duplicates());
    assertEquals(5, report.quarantined());
    assertEquals(
        Map.of(
            "truncated", 2L, "unsupported-format", 1L, "aspect", 1L, "size", 1L, "duplicate", 1L),
        report.reasons());
    String ledger = Files.readString(folder.resolve("store/ledger.jsonl"));
    assertTrue(ledger.contains("cut.jpg: is a JPEG without its end marker"), ledger);
    ingest(images());
    assertEquals(ledger, Files.readString(folder.resolve("store/ledger.jsonl")));
  }

  @Test
  void shouldPutAsideAChangedCaption() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 2, 64);
    ingest(images());
    IngestReport report = ingest(new FolderSource(folder.resolve("images"), "another", "train"));
    assertEquals(Map.of("caption-changed", 2L), report.reasons());
    assertEquals(2, stored().size());
  }

  @Test
  void shouldGoOnWhereACancelledRunStopped() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 40, 64);
    CompletableFuture<Void> held = new CompletableFuture<>();
    CompletableFuture<Void> reached = new CompletableFuture<>();
    FakeNetworks.Tokenizer slow =
        new FakeNetworks.Tokenizer("tokenizer-1") {
          @Override
          public CompletionStage<List<int[]>> encode(List<Image> batch) {
            reached.complete(null);
            return held.thenCompose(go -> super.encode(batch));
          }
        };
    IngestSettings tight =
        new IngestSettings(1, 2, Duration.ofMillis(20), 100_000, QualityGate.DEFAULT);
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5);
    IngestHandle handle = Ingest.run(testKit.system(), images(), slow, encoder, store, tight);
    reached.get(30, TimeUnit.SECONDS);
    handle.cancel();
    held.complete(null);
    IngestReport first = end(handle);
    assertTrue(first.cancelled());
    assertTrue(first.stored() >= 2 && first.stored() < 40, "stored " + first.stored());
    assertEquals(first.seen(), first.stored());
    IngestReport second = ingest(images());
    assertEquals(first.stored(), second.alreadyStored());
    assertEquals(40, stored().size());
    assertEquals(40, slow.images.get() + tokenizer.images.get());
  }

  @Test
  void shouldHoldTheByteBoundWithASlowTokenizer() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 60, 64);
    FakeNetworks.Tokenizer slow =
        new FakeNetworks.Tokenizer("tokenizer-1") {
          @Override
          public CompletionStage<List<int[]>> encode(List<Image> batch) {
            return CompletableFuture.supplyAsync(
                    () -> batch, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS))
                .thenCompose(super::encode);
          }
        };
    long bound = 120_000; // about five images with their files
    IngestSettings tight =
        new IngestSettings(2, 8, Duration.ofMillis(5), bound, QualityGate.DEFAULT);
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5);
    IngestReport report = end(Ingest.run(testKit.system(), images(), slow, encoder, store, tight));
    assertEquals(60, report.stored());
    assertTrue(report.peakBytesInFlight() <= bound, "peak " + report.peakBytesInFlight());
    assertTrue(report.peakBytesInFlight() > bound / 2, "peak " + report.peakBytesInFlight());
  }

  @Test
  void shouldPassAnImageLargerThanTheBudgetAlone() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 3, 128);
    IngestSettings tiny = new IngestSettings(2, 8, Duration.ofMillis(5), 1, QualityGate.DEFAULT);
    assertEquals(3, end(begin(images(), tiny)).stored());
  }

  @Test
  void shouldStopWithOneSentenceWhenTheTokenizerBreaksItsPromise() throws IOException {
    TestImages.writeFolder(folder.resolve("images"), 3, 64);
    FakeNetworks.Tokenizer wrong =
        new FakeNetworks.Tokenizer("wrong") {
          @Override
          public int codebookSize() {
            return 10;
          }
        };
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5);
    IngestHandle handle = Ingest.run(testKit.system(), images(), wrong, encoder, store, SETTINGS);
    ExecutionException error = assertThrows(ExecutionException.class, () -> end(handle));
    assertInstanceOf(IngestException.class, error.getCause());
    assertTrue(
        error
            .getCause()
            .getMessage()
            .matches(
                "The tokenizer failed on the batch that begins with 000.jpg: gave token \\d+; its codebook has 10 codes. What was stored before is kept."),
        error.getCause().getMessage());
  }

  @Test
  void shouldKeepWhatWasCompleteWhenTheTokenizerFails() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 12, 64);
    FakeNetworks.Tokenizer failing =
        new FakeNetworks.Tokenizer("tokenizer-1") {
          @Override
          public CompletionStage<List<int[]>> encode(List<Image> batch) {
            if (images.get() >= 4) {
              throw new IllegalStateException("out of memory on the device");
            }
            return super.encode(batch);
          }
        };
    SegmentStore store = SegmentStore.open(folder.resolve("store"), SEGMENTS_OF_5);
    IngestHandle handle = Ingest.run(testKit.system(), images(), failing, encoder, store, SETTINGS);
    assertThrows(ExecutionException.class, () -> end(handle));
    int kept = stored().size();
    assertTrue(kept < 12, "kept " + kept);
    IngestReport report = ingest(images());
    assertEquals(12 - kept, report.stored());
    assertEquals(12, stored().size());
  }

  @Test
  void shouldIngestAManifestAndKeepItsProvenance() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 3, 64);
    Files.writeString(
        folder.resolve("manifest.jsonl"),
        """
        {"id":"a","image":"images/000.jpg","caption":"PA view, normal.","labels":["No Finding"],"view":"PA","source":"NIH","license":"free","split":"val","age":61}
        {"id":"b","image":"images/001.jpg"}
        {"id":"c","image":"../escape.jpg","caption":"x"}
        not json
        {"id":"d","image":"images/missing.jpg","caption":"x"}
        {"id":"a","image":"images/002.jpg","caption":"x"}
        {"id":"e","image":"images/002.jpg","caption":"Ä é 肺"}
        """);
    IngestReport report = ingest(new ManifestSource(folder.resolve("manifest.jsonl")));
    assertEquals(2, report.stored());
    assertEquals(
        Map.of(
            "missing-caption",
            1L,
            "path-escapes",
            1L,
            "manifest-line",
            1L,
            "missing-file",
            1L,
            "duplicate-id",
            1L),
        report.reasons());
    ItemRecord first = stored().get(0);
    assertEquals("val", first.split());
    assertEquals("PA", first.provenance().view());
    assertEquals(List.of("No Finding"), first.provenance().labels());
    assertEquals("{\"age\":61}", first.provenance().extra());
    assertEquals("Ä é 肺", stored().get(1).caption());
    assertFalse(report.cancelled());
  }

  /** Codes of records are stored as they are; the image is still encoded. */
  @Test
  void shouldTakeTheCodesOfRecordsAndTokeniseTheOthers() throws Exception {
    TestImages.writeFolder(folder.resolve("images"), 4, 64);
    Files.writeString(
        folder.resolve("manifest.jsonl"),
        """
        {"file":"0.pkl","len":9,"id":0,"image_path":["images/000.jpg"]}
        {"id":"plain","image":"images/001.jpg","caption":"one of ours"}
        {"file":"2.pkl","len":9,"id":2,"image_path":["images/002.jpg"]}
        {"file":"../2.pkl","len":9,"id":3,"image_path":["images/003.jpg"]}
        {"file":"3.pkl","len":9,"id":4,"image_path":["images/003.jpg","images/002.jpg"]}
        """);
    int[] codes = new int[tokenizer.tokensPerImage()];
    Arrays.setAll(codes, i -> i % tokenizer.codebookSize());
    AtomicBoolean closed = new AtomicBoolean();
    TokenRecords records =
        new TokenRecords() {
          @Override
          public Prepared read(Path file) {
            boolean whole = file.equals(folder.resolve("0.pkl"));
            return new Prepared("said by " + file.getFileName(), whole ? codes : new int[3]);
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    IngestReport report =
        ingest(new ManifestSource(folder.resolve("manifest.jsonl"), () -> records));
    assertEquals(2, report.stored(), report.sentences().toString());
    assertEquals(
        Map.of("bad-feature", 1L, "path-escapes", 1L, "manifest-line", 1L), report.reasons());
    assertEquals("said by 0.pkl", stored().get(0).caption());
    assertArrayEquals(codes, stored().get(0).tokens());
    assertEquals("one of ours", stored().get(1).caption());
    assertEquals(1, tokenizer.images.get());
    assertTrue(closed.get());
  }
}
