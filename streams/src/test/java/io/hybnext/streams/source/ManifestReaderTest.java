package io.hybnext.streams.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.Outcome.Rejected;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestReaderTest {
  private static final String GOOD = "{\"id\":\"a\",\"image\":\"i/a.jpg\",\"caption\":\"normal\"}";

  @TempDir Path folder;

  private List<Outcome<ImageItem>> read(byte[] manifest) {
    List<Outcome<ImageItem>> all = new ArrayList<>();
    try (ManifestReader reader =
        new ManifestReader(
            new ByteArrayInputStream(manifest), new ManifestEntries(folder, null), "m.jsonl")) {
      for (Optional<Outcome<ImageItem>> next; (next = reader.next()).isPresent(); ) {
        all.add(next.get());
      }
      return all;
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private List<Outcome<ImageItem>> read(String manifest) {
    return read(manifest.getBytes(StandardCharsets.UTF_8));
  }

  private Quarantined refused(String line) {
    List<Outcome<ImageItem>> all =
        read(GOOD + "\n\n" + line + "\n" + GOOD.replace("\"a\"", "\"b\""));
    assertEquals(3, all.size(), line);
    assertTrue(all.get(2) instanceof Kept, "goes on after " + line);
    Quarantined reason = ((Rejected<ImageItem>) all.get(1)).reason();
    assertEquals("m.jsonl:3", reason.origin());
    assertTrue(reason.message().startsWith("m.jsonl:3: "), reason.message());
    return reason;
  }

  private void assertRefused(QuarantineRule rule, String line) {
    assertEquals(rule, refused(line).rule(), line);
  }

  @Test
  void shouldReadItemsWithDefaults() {
    ImageItem item = ((Kept<ImageItem>) read("\uFEFF" + GOOD + "\r\n").get(0)).value();
    assertEquals("a", item.id());
    assertEquals("i/a.jpg", item.relativePath());
    assertEquals(folder.resolve("i/a.jpg"), item.file());
    assertEquals("train", item.split());
    assertEquals(null, item.provenance().extra());
  }

  @Test
  void shouldNameTheRuleThatALineBreaks() {
    assertRefused(QuarantineRule.MISSING_CAPTION, "{\"id\":\"x\",\"image\":\"a.jpg\"}");
    assertRefused(QuarantineRule.MISSING_CAPTION, "{\"image\":\"a.jpg\",\"caption\":\"  \"}");
    assertRefused(QuarantineRule.MISSING_CAPTION, "{\"image\":\"a.jpg\",\"caption\":null}");
    assertRefused(QuarantineRule.DUPLICATE_ID, GOOD);
    for (String line :
        List.of(
            "{",
            "[1]",
            "nonsense",
            "{\"caption\":\"x\"}",
            "{\"image\":7,\"caption\":\"x\"}",
            "{\"image\":\"a\\u0000b\",\"caption\":\"x\"}",
            "{\"image\":\"q\",\"caption\":\"\\ud800\"}",
            "{\"image\":\"q\",\"caption\":\"x\",\"caption\":\"y\"}",
            "{\"image\":\"q\",\"caption\":\"x\"} {}",
            "{\"image\":\"q\",\"caption\":\"x\",\"split\":\"all\"}",
            "{\"image\":\"q\",\"caption\":\"x\",\"labels\":\"one\"}",
            "{\"image\":\"q\",\"caption\":\"x\",\"labels\":[1]}",
            "{\"id\":\"\\n\",\"image\":\"a\",\"caption\":\"x\"}",
            "[".repeat(5000))) {
      assertRefused(QuarantineRule.MANIFEST_LINE, line);
    }
  }

  @Test
  void shouldRefusePathsThatLeaveTheFolder() throws IOException {
    for (String path : List.of("../a.jpg", "/etc/passwd", "i/../../a.jpg", ".", "i/..")) {
      assertRefused(QuarantineRule.PATH_ESCAPES, "{\"image\":\"" + path + "\",\"caption\":\"x\"}");
    }
    Path outside = Files.createTempDirectory("outside");
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.createFile(outside.resolve("a.jpg"));
    assertRefused(QuarantineRule.PATH_ESCAPES, "{\"image\":\"link/a.jpg\",\"caption\":\"x\"}");
    Files.delete(outside.resolve("a.jpg"));
    assertRefused(QuarantineRule.MISSING_FILE, "{\"image\":\"link/a.jpg\",\"caption\":\"x\"}");
    Files.delete(outside);
  }

  @Test
  void shouldRefuseALineWithoutEndWithoutHoldingIt() {
    assertRefused(QuarantineRule.MANIFEST_LINE, "{\"x\":\"" + "y".repeat(3 << 20));
  }

  @Test
  void shouldRefuseBytesThatAreNotUtf8() {
    byte[] line = GOOD.getBytes(StandardCharsets.UTF_8);
    line[line.length - 4] = (byte) 0xC3;
    Quarantined reason = ((Rejected<ImageItem>) read(line).get(0)).reason();
    assertEquals("m.jsonl:1: the line is not UTF-8 text", reason.message());
  }

  @Test
  void shouldSurviveAnyBytes() {
    byte[] good =
        (GOOD
                + "\n{\"id\":\"c\",\"image\":\"c.png\",\"caption\":\"é 肺\",\"labels\":[\"x\"],\"n\":{\"a\":[1]}}\n")
            .getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = good.clone();
      for (int flips = 1 + random.nextInt(5); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      for (Outcome<ImageItem> outcome : read(bytes)) {
        if (outcome instanceof Kept<ImageItem> kept) {
          assertTrue(kept.value().file().startsWith(folder));
          assertTrue(!kept.value().caption().isBlank());
        }
      }
    }
  }
}
