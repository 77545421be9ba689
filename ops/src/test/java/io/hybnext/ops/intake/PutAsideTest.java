package io.hybnext.ops.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a pseudonym in the ledger to the file that is meant, with the key and not without. */
class PutAsideTest {
  private static final String STUDY = "1.2.276.0.99.5";

  @TempDir Path folder;

  private HybnextSettings settings;
  private Path image;

  @BeforeEach
  void putAside() throws IOException {
    image = folder.resolve("in/Zimmerquark^Anna/ACC-7.dcm");
    Files.createDirectories(image.getParent());
    Files.write(image, saysThatTextIsBurnedIn());
    settings =
        HybnextSettings.parse("")
            .with(
                Map.of(
                    "data.source", folder.resolve("in").toString(),
                    "data.store", folder.resolve("store").toString()));
    try (StreamSystem streams = new StreamSystem("test-put-aside");
        SegmentStore store = SegmentStore.open(folder.resolve("store"), StoreSettings.DEFAULT)) {
      List<Outcome<ImageItem>> items =
          IntakeSource.ofFiles(settings)
              .items()
              .runWith(Sink.seq(), streams.system())
              .toCompletableFuture()
              .join();
      for (Outcome<ImageItem> item : items) {
        store.quarantine(((Outcome.Rejected<ImageItem>) item).reason());
      }
    }
  }

  /** Explicit little endian, with study and burned-in annotation, without pixels. */
  private static byte[] saysThatTextIsBurnedIn() {
    byte[] syntax = element(0x00020010, "UI", "1.2.840.10008.1.2.1\0");
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[128]);
    file.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(element(0x00020000, "UL", (char) syntax.length + "\0\0\0"));
    file.writeBytes(syntax);
    file.writeBytes(element(DicomTag.PATIENT_NAME, "PN", "Zimmerquark^Anna"));
    file.writeBytes(element(DicomTag.STUDY_INSTANCE_UID, "UI", STUDY));
    file.writeBytes(element(DicomTag.BURNED_IN_ANNOTATION, "CS", "YES "));
    return file.toByteArray();
  }

  private static byte[] element(int tag, String vr, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer element = ByteBuffer.allocate(8 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    element.putShort((short) (tag >>> 16)).putShort((short) tag);
    element.put(vr.getBytes(StandardCharsets.US_ASCII)).putShort((short) bytes.length);
    return element.put(bytes).array();
  }

  @Test
  void shouldFindTheFileAndTheStudyOfAPseudonym() {
    PutAside aside = new PutAside(settings);
    List<Quarantined> all = aside.list(null, 10);
    assertEquals(1, all.size());
    Quarantined one = all.get(0);
    assertEquals(QuarantineRule.BURNED_IN, one.rule());
    assertFalse(one.toString().contains("Zimmerquark"), one.toString());
    aside.readSource();
    PutAside.Source source = aside.source(one).orElseThrow();
    assertEquals("Zimmerquark^Anna/ACC-7.dcm", source.name());
    assertEquals(image, source.file());
    assertEquals(STUDY, source.study().orElseThrow());
    assertEquals(List.of(), aside.list(QuarantineRule.SIZE, 10));
  }

  @Test
  void shouldFindNothingWithoutTheKey() throws IOException {
    Files.delete(folder.resolve("store/pseudonyms.key"));
    PutAside aside = new PutAside(settings);
    aside.readSource();
    assertTrue(aside.source(aside.list(null, 1).get(0)).isEmpty());
    assertFalse(Files.exists(folder.resolve("store/pseudonyms.key")), "looking makes no key");
  }

  @Test
  void shouldRefuseAServerWhoseFilesAreNotKept() {
    PutAside aside = new PutAside(settings.with(Map.of("data.source", "http://127.0.0.1:8042")));
    assertThrows(SettingsException.class, aside::readSource);
  }
}
