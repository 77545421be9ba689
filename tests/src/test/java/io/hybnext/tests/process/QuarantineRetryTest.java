package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.ops.Hybnext;
import io.hybnext.streams.dicom.TestDicom;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.StoredItem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder with damaged files, mended after they were put aside, by the commands about it. */
class QuarantineRetryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIDE = 64;

  @TempDir Path folder;
  private List<byte[]> images;

  @BeforeEach
  void readImages() throws IOException {
    SampleImages.copy(folder.resolve("sample"), 3);
    images = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("sample/images"))) {
      for (Path file : files.sorted().toList()) {
        images.add(Files.readAllBytes(file));
      }
    }
  }

  private void put(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve("in").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static byte[] dicom() {
    byte[] pixels = new byte[SIDE * SIDE];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return new TestDicom(SIDE, SIDE, pixels).text(0x00080018, "UI", "1.2.3.4").bytes();
  }

  private List<String> settings() {
    return List.of(
        "data.source=" + folder.resolve("in"),
        "data.store=" + folder.resolve("store"),
        "intake.min-side=32",
        "intake.burned-in=pass");
  }

  private JsonNode ingesting(String... words) throws Exception {
    Path errors = folder.resolve("errors.txt");
    return HybnextProcess.withSettings(errors, List.of(words), settings()).awaitResult();
  }

  /** In this process: nothing is computed. */
  private JsonNode told(String... words) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.add("--json");
    settings().forEach(setting -> arguments.addAll(List.of("--set", setting)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code =
        Hybnext.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err,
            false,
            arguments.toArray(String[]::new));
    String lines = out.toString(StandardCharsets.UTF_8).strip();
    assertEquals(0, code, lines);
    return JSON.readTree(lines.substring(lines.lastIndexOf('\n') + 1));
  }

  private List<StoredItem> stored() {
    return FileLedger.readSegments(folder.resolve("store")).stream()
        .flatMap(segment -> segment.items().stream())
        .toList();
  }

  @Test
  void shouldStoreWhatWasMendedAndTellWhyTheRestIsStillAside() throws Exception {
    put("whole.jpg", images.get(0));
    put("half.jpg", half(images.get(1)));
    put("half.dcm", half(dicom()));
    put("text.jpg", "no picture".getBytes(StandardCharsets.UTF_8));
    JsonNode first = ingesting("ingest");
    assertEquals(1, first.path("stored").asInt(), first.toString());
    assertEquals(3, first.path("quarantined").asInt(), first.toString());
    JsonNode aside = told("quarantine", "list").path("aside");
    assertEquals(3, aside.size(), aside.toString());
    assertEquals("text.jpg", told("quarantine", "show", "text.jpg").path("source").asText());
    String before = told("quarantine", "show", "text.jpg").path("rule").asText();

    put("half.jpg", images.get(1));
    put("half.dcm", dicom());
    put("text.jpg", half(images.get(2)));
    JsonNode retried = ingesting("quarantine", "retry");
    assertEquals(2, retried.path("stored").asInt(), retried.toString());
    assertEquals(1, retried.path("already_stored").asInt(), retried.toString());
    assertEquals(1, retried.path("quarantined").asInt(), retried.toString());
    JsonNode left = told("quarantine", "list").path("aside");
    assertEquals(1, left.size(), left.toString());
    assertEquals("text.jpg", left.get(0).path("origin").asText());
    assertNotEquals(before, left.get(0).path("rule").asText(), "the reason of now");
    assertEquals(3, stored().size());
    assertEquals(3, stored().stream().map(StoredItem::contentHash).distinct().count());
    assertTrue(stored().stream().noneMatch(item -> item.id().contains("text")));
  }
}
