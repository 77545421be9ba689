package io.hybnext.streams;

import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small images made in code; the same seed gives the same file. */
public final class TestImages {
  private TestImages() {}

  /** Smooth grey levels with some noise, so that a JPEG of it has real content. */
  public static BufferedImage grey(int width, int height, long seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    SplittableRandom random = new SplittableRandom(seed);
    double phase = random.nextDouble(6);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double wave = 100 + 60 * Math.sin(phase + x * 0.13) + 60 * Math.cos(phase * y * 0.07);
        int value = (int) Math.max(0, Math.min(255, wave + random.nextInt(16)));
        image.getRaster().setSample(x, y, 0, value);
      }
    }
    return image;
  }

  /** A file of the bundled sample. */
  public static byte[] radiograph(int number) throws IOException {
    Path root = Path.of(System.getProperty("hybnext.root", ".."));
    return Files.readAllBytes(
        root.resolve("ops/sample/images").resolve(String.format("%05d.jpg", number)));
  }

  public static byte[] jpeg(int width, int height, long seed) {
    return encode(grey(width, height, seed), "jpeg");
  }

  public static byte[] png(int width, int height, long seed) {
    return encode(grey(width, height, seed), "png");
  }

  public static byte[] encode(RenderedImage image, String format) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("no writer for " + format);
      }
      return bytes.toByteArray();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Writes {@code count} JPEGs named 000.jpg and so on. */
  public static void writeFolder(Path folder, int count, int side) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve(String.format("%03d.jpg", i)), jpeg(side, side, i));
    }
  }
}
