package io.hybnext.streams.ingest;

import io.hybnext.image.Image;
import io.hybnext.streams.deidentify.BurnedInText;
import io.hybnext.streams.flow.StageMeter;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.image.ImageHeader.Format;
import io.hybnext.streams.image.PictureHash;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.ingest.IngestSettings.BurnedIn;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The work of the stages probe, read, decode, gate and fit on one image. Thread-safe: each thread
 * has its own decoder.
 */
final class ImagePreparation {
  private static final ThreadLocal<ImageDecoder> DECODER =
      ThreadLocal.withInitial(ImageDecoder::new);

  private final QualityGate gate;
  private final ImageFit tokenizerFit;
  private final ImageFit encoderFit;
  private final IngestMeters meters;
  private final BurnedIn burnedIn;
  private final boolean comparesPictures;

  ImagePreparation(
      IngestSettings settings, ImageFit tokenizerFit, ImageFit encoderFit, IngestMeters meters) {
    this.gate = settings.gate();
    this.burnedIn = settings.burnedIn();
    this.comparesPictures = settings.similarDistance() >= 0;
    this.tokenizerFit = tokenizerFit;
    this.encoderFit = encoderFit;
    this.meters = meters;
  }

  /**
   * What a file announces.
   *
   * @param fileBytes its length
   * @param header of the image
   */
  record Probe(long fileBytes, ImageHeader header) {}

  /**
   * A file in memory.
   *
   * @param bytes of the file
   * @param header of the image
   */
  record FileBytes(byte[] bytes, ImageHeader header) {}

  /** Reads length and header and checks them against the gate. */
  Probe probe(Path file) {
    try {
      long fileBytes = Files.size(file);
      gate.checkFile(fileBytes);
      ImageHeader header = ImageHeader.of(file);
      gate.checkHeader(header);
      return new Probe(fileBytes, header);
    } catch (IOException error) {
      throw missing(error);
    }
  }

  /** Bytes that an item may hold on its way to the networks: file, decoding and fitted images. */
  long neededBytes(Probe probe) {
    return probe.fileBytes()
        + probe.header().decodeBytes()
        + tokenizerFit.sizeBytes()
        + encoderFit.sizeBytes();
  }

  /** Reads the file; it must still be the one that was probed. */
  FileBytes read(Path file, Probe probe) {
    byte[] bytes;
    try (InputStream input = Files.newInputStream(file)) {
      bytes = input.readNBytes(Math.toIntExact(probe.fileBytes() + 1)); // one more shows growth
    } catch (IOException error) {
      throw missing(error);
    }
    if (bytes.length != probe.fileBytes() || !ImageHeader.of(bytes).equals(probe.header())) {
      throw new QuarantineException(QuarantineRule.UNREADABLE, "changed while it was read");
    }
    return new FileBytes(bytes, probe.header());
  }

  private static QuarantineException missing(IOException error) {
    String what =
        error instanceof NoSuchFileException
            ? "the file does not exist"
            : "the file cannot be read (" + error.getClass().getSimpleName() + ")";
    return new QuarantineException(QuarantineRule.MISSING_FILE, what);
  }

  /**
   * Decodes, checks the pixels, and fits.
   *
   * @param codes that the item has already; null for none
   */
  PreparedImage prepare(FileBytes file, int[] codes, long beganNs) {
    Image image = decode(file, beganNs);
    metered(
        meters.gate,
        image,
        () -> {
          gate.checkPixels(image);
          checkText(file.header(), image);
          return image;
        });
    return metered(meters.fit, image, () -> fit(image, codes));
  }

  private void checkText(ImageHeader header, Image image) {
    boolean looked =
        burnedIn == BurnedIn.ALL || (burnedIn == BurnedIn.DICOM && header.format() == Format.DICOM);
    if (looked && BurnedInText.isSuspected(image)) {
      throw new QuarantineException(
          QuarantineRule.BURNED_IN,
          "seems to hold a line of text in its pixels; look at it, and ingest it again with"
              + " intake.burned-in = pass if it names nobody");
    }
  }

  private Image decode(FileBytes file, long beganNs) {
    try {
      return DECODER.get().decode(file.bytes(), file.header());
    } catch (QuarantineException damaged) {
      meters.decode.quarantine();
      throw damaged;
    } finally {
      meters.decode.finish(1, file.bytes().length, beganNs);
    }
  }

  private PreparedImage fit(Image image, int[] codes) {
    Image forTokenizer = tokenizerFit.apply(image);
    Image forEncoder = encoderFit.equals(tokenizerFit) ? forTokenizer : encoderFit.apply(image);
    Long picture = comparesPictures ? PictureHash.of(image) : null;
    return new PreparedImage(forTokenizer, forEncoder, codes, picture);
  }

  private static <T> T metered(StageMeter meter, Image image, Supplier<T> work) {
    meter.arrive(1, image.sizeBytes());
    long beganNs = meter.begin(1);
    try {
      return work.get();
    } catch (QuarantineException refused) {
      meter.quarantine();
      throw refused;
    } finally {
      meter.finish(1, image.sizeBytes(), beganNs);
    }
  }
}
