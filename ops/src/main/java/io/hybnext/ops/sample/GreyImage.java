package io.hybnext.ops.sample;

import io.hybnext.ops.cli.CommandFailure;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An 8-bit grey image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param pixels width * height unsigned bytes, row by row; shared, not to be written
 */
record GreyImage(int width, int height, byte[] pixels) {

  static GreyImage read(Path file) throws IOException {
    try {
      return decode(Files.readAllBytes(file));
    } catch (CommandFailure wrong) {
      throw new CommandFailure(file + ": " + wrong.getMessage(), wrong);
    }
  }

  static GreyImage decode(byte[] encoded) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(encoded));
    if (image == null || image.getType() != BufferedImage.TYPE_BYTE_GRAY) {
      throw new CommandFailure("want a grey 8-bit JPEG or PNG image");
    }
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    return new GreyImage(image.getWidth(), image.getHeight(), pixels.clone());
  }

  /** Mean of every two by two pixels, halves rounded up. */
  GreyImage halved() {
    if (width % 2 != 0 || height % 2 != 0) {
      throw new CommandFailure(width + "x" + height + " image: want even sides");
    }
    byte[] half = new byte[pixels.length / 4];
    for (int y = 0; y < height / 2; y++) {
      for (int x = 0; x < width / 2; x++) {
        int at = 2 * y * width + 2 * x;
        int sum =
            (pixels[at] & 255)
                + (pixels[at + 1] & 255)
                + (pixels[at + width] & 255)
                + (pixels[at + width + 1] & 255);
        half[y * (width / 2) + x] = (byte) ((sum + 2) / 4);
      }
    }
    return new GreyImage(width / 2, height / 2, half);
  }

  double meanAbsoluteDifference(GreyImage other) {
    long sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      sum += Math.abs((pixels[i] & 255) - (other.pixels[i] & 255));
    }
    return sum / (double) pixels.length;
  }

  byte[] toJpeg(double quality) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality((float) quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
