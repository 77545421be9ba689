package io.hybnext.ops.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleMakerTest {
  @TempDir Path folder;

  @Test
  void shouldAverageTwoByTwoPixelsRoundingHalvesUp() {
    GreyImage image = new GreyImage(4, 2, new byte[] {1, 2, (byte) 255, (byte) 255, 3, 4, 0, 0});
    assertArrayEquals(new byte[] {3, (byte) 128}, image.halved().pixels());
  }

  @Test
  void shouldWriteTheSameBytesEveryTime() throws IOException {
    byte[] pixels = new byte[32 * 32];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 32 * 8);
    }
    Path from = folder.resolve("from");
    Files.createDirectories(from.resolve("images"));
    Files.write(from.resolve("images/a.jpg"), new GreyImage(32, 32, pixels).toJpeg(0.9));
    Files.writeString(from.resolve("manifest.jsonl"), "{\"image\": \"images/a.jpg\"}\n");
    SampleMaker maker = new SampleMaker(0.88, event -> {});
    SampleMaker.Made made = maker.make(from, folder.resolve("one"));
    maker.make(from, folder.resolve("two"));
    assertEquals(1, made.images());
    assertTrue(made.meanAbsoluteError() < 2, made.toString());
    assertEquals(
        -1, Files.mismatch(folder.resolve("one/images/a.jpg"), folder.resolve("two/images/a.jpg")));
    assertEquals(16, GreyImage.read(folder.resolve("one/images/a.jpg")).width());
  }

  @Test
  void shouldNameTheManifestLineThatIsWrong() throws IOException {
    Files.writeString(folder.resolve("manifest.jsonl"), "{\"file\": 1}\n");
    SampleMaker maker = new SampleMaker(0.88, event -> {});
    assertTrue(
        assertThrows(CommandFailure.class, () -> maker.make(folder, folder.resolve("to")))
            .getMessage()
            .contains("line 1"));
  }
}
