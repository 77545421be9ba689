package io.hybnext.model.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
  @TempDir Path folder;

  @Test
  void shouldLayImagesOutRowByRow() throws IOException {
    List<byte[]> images =
        List.of(new byte[] {10, 20, 30, 40, 50, 60}, new byte[6], new byte[] {1, 2, 3, 4, 5, 6});
    ImageGrid grid = ImageGrid.of(images, 2, 1, 3, 2, 1);
    Path path = folder.resolve("grid.png");
    grid.writePng(path);
    BufferedImage read = ImageIO.read(path.toFile());
    assertEquals(7, read.getWidth());
    assertEquals(5, read.getHeight());
    assertEquals(0xff0a141e, read.getRGB(1, 1));
    assertEquals(0xff28323c, read.getRGB(2, 1));
    assertEquals(0xffffffff, read.getRGB(3, 1));
    assertEquals(0xff000000, read.getRGB(4, 1));
    assertEquals(0xff010203, read.getRGB(1, 3));
    assertEquals(0xffffffff, read.getRGB(5, 3));
    try (Stream<Path> present = Files.list(folder)) {
      assertEquals(1, present.count());
    }
  }

  @Test
  void shouldWriteGreyLevelsAsTheyAre() throws IOException {
    Path path = folder.resolve("grey.png");
    PngFile.write(path, new byte[] {0, 100, (byte) 200}, 3, 1, 1);
    BufferedImage read = ImageIO.read(path.toFile());
    assertEquals(100, read.getRaster().getSample(1, 0, 0));
    assertEquals(200, read.getRaster().getSample(2, 0, 0));
  }

  @Test
  void shouldRefuseImpossibleImages() {
    assertThrows(IllegalArgumentException.class, () -> PngFile.encode(new byte[5], 2, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> ImageGrid.of(List.of(), 2, 2, 1, 1, 0));
  }
}
