package io.hybnext.streams.deidentify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hybnext.streams.FakeNetworks;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.dicom.TestDicom;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.IngestSettings;
import io.hybnext.streams.source.FolderSource;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoreSettings;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A thousand identifiers in files, names and captions; none in anything that a run leaves. */
class PlantedIdentifiersTest {
  private static final int FILES = 100;
  private static final int SIDE = 48;
  private static final String FINDING = "No focal consolidation.";

  @TempDir Path folder;

  private final List<String> planted = new ArrayList<>();

  private String plant(String identifier) {
    planted.add(identifier);
    return identifier;
  }

  /** Ten identifiers: in known, private and nested elements, in names, and all in the report. */
  private void writeFile(int k, int fault) throws IOException {
    String surname = plant("Zimmerquark" + (char) ('a' + k / 26) + (char) ('a' + k % 26));
    String given = plant("Oluwaseun" + (char) ('a' + k % 26) + (char) ('a' + k / 26));
    String number = plant("PID" + (70_000 + k));
    String accession = plant("ACC-" + (80_000 + k));
    String hospital = plant("Quellbrunn Klinik " + (char) ('A' + k / 26) + (char) ('A' + k % 26));
    String physician = plant("Drosselbart" + (char) ('a' + k / 26) + (char) ('a' + k % 26));
    String secret = plant("privat-" + (90_000 + k));
    String other = plant("OTHER" + (60_000 + k));
    String study = plant("1.2.276.0.99." + (5_000_000 + k) + ".1");
    String phone = plant("0711 55" + (10_000 + k));
    byte[] pixels =
        ((DataBufferByte) TestImages.grey(SIDE, SIDE, k).getRaster().getDataBuffer()).getData();
    TestDicom file =
        new TestDicom(SIDE, SIDE, fault == 1 ? Arrays.copyOf(pixels, 100) : pixels)
            .text(DicomTag.PATIENT_NAME, "PN", surname + "^" + given)
            .text(DicomTag.PATIENT_ID, "LO", number)
            .text(DicomTag.ACCESSION_NUMBER, "SH", accession)
            .text(0x00080080, "LO", hospital)
            .text(0x00080090, "PN", physician + "^Anna")
            .text(0x00091010, "LO", secret)
            .nested(0x00101002, DicomTag.PATIENT_ID, "LO", other)
            .text(DicomTag.STUDY_INSTANCE_UID, "UI", study)
            .text(DicomTag.SOP_INSTANCE_UID, "UI", study + ".7")
            .text(0x00102154, "SH", phone)
            .text(DicomTag.MODALITY, "CS", fault == 4 ? number : "DX")
            .text(DicomTag.VIEW_POSITION, "CS", "PA")
            .text(DicomTag.SERIES_DESCRIPTION, "LO", "Thorax " + surname)
            .text(DicomTag.BURNED_IN_ANNOTATION, "CS", fault == 2 ? "YES" : "NO");
    if (fault == 3) {
      file.syntax("1.2.840.10008.1.2.4.90");
    }
    Path to = folder.resolve("in/" + surname + "_" + number + "/" + accession + ".dcm");
    Files.createDirectories(to.getParent());
    Files.write(to, file.bytes());
    String report =
        FINDING + " " + String.join(", ", planted.subList(planted.size() - 10, planted.size()));
    Files.writeString(
        to.resolveSibling(accession + ".txt"), report.toUpperCase(Locale.ROOT) + " " + FINDING);
  }

  @Test
  void shouldLeaveNoneOfAThousandIdentifiersInAnythingThatIngestionLeaves() throws Exception {
    for (int k = 0; k < FILES; k++) {
      writeFile(k, k % 10);
    }
    assertEquals(1000, planted.size());
    assertEquals(planted, found(everythingBelow(folder.resolve("in"))), "all are planted");

    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.DEBUG);
    IngestReport report;
    try {
      report = ingest();
    } finally {
      root.detachAppender(log);
      root.setLevel(before);
    }

    assertEquals(70, report.stored(), report.toString());
    assertEquals(
        Map.of("truncated", 10L, "burned-in", 10L, "unsupported-format", 10L), report.reasons());
    String left =
        everythingBelow(folder.resolve("store"))
            + report
            + log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertEquals(List.of(), found(left));
    shouldKeepWhatIsNoIdentifier();
  }

  private IngestReport ingest() throws Exception {
    ActorTestKit kit = ActorTestKit.create();
    Path store = folder.resolve("store");
    try {
      return Ingest.run(
              kit.system(),
              new DeidentifiedSource(
                  new FolderSource(folder.resolve("in"), "x-ray", "train"),
                  new DoorSettings(
                      Scope.DICOM,
                      PseudonymKey.lazily(store.resolve("pseudonyms.key")),
                      new CaptionTemplate("{series}, {view}: {caption}"))),
              new FakeNetworks.Tokenizer("t"),
              new FakeNetworks.Encoder("e"),
              SegmentStore.open(store, StoreSettings.DEFAULT),
              IngestSettings.DEFAULT)
          .completion()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    } finally {
      kit.shutdownTestKit();
    }
  }

  private void shouldKeepWhatIsNoIdentifier() {
    try (StoreReader reader = new StoreReader(folder.resolve("store"))) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          ItemRecord item = reader.item(segment.number(), row);
          assertTrue(item.caption().startsWith("Thorax ___, PA: "), item.caption());
          assertTrue(item.caption().endsWith(FINDING), item.caption());
          assertEquals("PA", item.provenance().view());
          assertTrue(item.provenance().study().startsWith("2.25."));
          assertTrue(item.provenance().extra().contains("\"113100\""), item.provenance().extra());
        }
      }
    }
  }

  /** Names and contents of all files, one byte a character. */
  private static String everythingBelow(Path start) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(start)) {
      for (Path file : files.sorted().toList()) {
        all.append(start.relativize(file)).append('\n');
        if (Files.isRegularFile(file)) {
          all.append(Files.readString(file, StandardCharsets.ISO_8859_1)).append('\n');
        }
      }
    }
    return all.toString();
  }

  private List<String> found(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return planted.stream().filter(one -> lower.contains(one.toLowerCase(Locale.ROOT))).toList();
  }
}
