package io.hybnext.streams.ingest;

import io.hybnext.streams.image.QualityGate;
import java.time.Duration;

/**
 * How ingestion runs; what it stores does not depend on it, apart from the gate.
 *
 * @param decodeParallelism threads that read, decode and fit
 * @param batch images a call of tokenizer and encoder
 * @param batchWait how long an incomplete batch waits for more images
 * @param inFlightBytes most bytes of files, decoded and fitted images in the stream at once
 * @param gate what an image has to keep
 * @param burnedIn which images are looked at for text in their pixels
 * @param similarDistance bits that {@link io.hybnext.streams.image.PictureHash} may differ in where
 *     images are duplicates; -1 compares only bytes
 */
public record IngestSettings(
    int decodeParallelism,
    int batch,
    Duration batchWait,
    long inFlightBytes,
    QualityGate gate,
    BurnedIn burnedIn,
    int similarDistance) {

  /** Which images are put aside when text is suspected in their pixels. */
  public enum BurnedIn {
    /** None. */
    PASS,
    /** DICOM images. */
    DICOM,
    /** Every image. */
    ALL
  }

  /** Duplicates are told by their bytes alone. */
  public IngestSettings(
      int decodeParallelism,
      int batch,
      Duration batchWait,
      long inFlightBytes,
      QualityGate gate,
      BurnedIn burnedIn) {
    this(decodeParallelism, batch, batchWait, inFlightBytes, gate, burnedIn, -1);
  }

  /** The usual: DICOM images with suspected text are put aside. */
  public IngestSettings(
      int decodeParallelism, int batch, Duration batchWait, long inFlightBytes, QualityGate gate) {
    this(decodeParallelism, batch, batchWait, inFlightBytes, gate, BurnedIn.DICOM);
  }

  /** One decoding thread, batches of 32, 64 MiB in flight. */
  public static final IngestSettings DEFAULT =
      new IngestSettings(1, 32, Duration.ofMillis(500), 64L << 20, QualityGate.DEFAULT);

  /** Checks every value. */
  public IngestSettings {
    check(decodeParallelism > 0, "decode-parallelism", decodeParallelism, "at least 1");
    check(batch > 0, "batch", batch, "at least 1");
    check(batchWait.toMillis() > 0, "batch-wait", batchWait, "at least 1 ms");
    check(
        similarDistance >= -1 && similarDistance <= 32,
        "similar-distance",
        similarDistance,
        "-1 to 32");
    check(inFlightBytes > 0, "in-flight", inFlightBytes, "at least 1 byte");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("intake." + key + " = " + value + ": want " + rule);
    }
  }
}
