package io.hybnext.ops.dashboard;

import io.hybnext.file.Sha256;
import io.hybnext.image.Image;
import io.hybnext.model.image.PngFile;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Small pictures of items that were put aside, for operators: such a picture may show who a patient
 * is. Only files that the store's ledger names are read, and only their decoded pixels are passed
 * on. One at a time, so that they take little memory.
 */
final class QuarantinePictures {
  private static final int SIDE = 160;
  private static final long MOST_BYTES = 64 << 20;
  private static final long MOST_PIXELS = 36_000_000;

  /** Names an item on pages, without telling where it is. */
  static String key(Quarantined item) {
    return Sha256.shortHex(item.origin() + "\n" + item.message());
  }

  /**
   * The picture of an item as PNG; empty when there is none: the file is gone, too large or no
   * image that can be decoded, or the source names it by another name.
   *
   * @param items those that may be shown
   * @param key of one
   */
  synchronized Optional<byte[]> picture(List<Quarantined> items, String key) throws IOException {
    for (Quarantined item : items) {
      if (key(item).equals(key) && item.origin() != null) {
        return picture(item.origin());
      }
    }
    return Optional.empty();
  }

  private static Optional<byte[]> picture(String origin) throws IOException {
    Path file;
    try {
      file = Path.of(origin);
    } catch (InvalidPathException noFile) {
      return Optional.empty();
    }
    if (!file.isAbsolute() || !Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    try (ImageDecoder decoder = new ImageDecoder()) {
      ImageHeader header = ImageHeader.of(bytes);
      if ((long) header.width() * header.height() > MOST_PIXELS) {
        return Optional.empty();
      }
      Image image = decoder.decode(bytes, header);
      Image small = ImageFit.centreSquare(SIDE, image.channels()).apply(image);
      return Optional.of(
          PngFile.encode(small.pixels(), small.width(), small.height(), small.channels()));
    } catch (QuarantineException undecodable) {
      return Optional.empty();
    }
  }
}
