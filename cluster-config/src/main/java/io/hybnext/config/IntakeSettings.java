package io.hybnext.config;

import java.time.Duration;

/**
 * The {@code intake} section of reference.conf. Ingestion.
 *
 * @param decodeParallelism images decoded at a time
 * @param batch images a call of tokenizer and encoder
 * @param inFlightBytes bytes of decoded images in flight
 * @param minSide shorter or narrower images are refused, in pixels
 * @param maxPixels images that hold more are refused unread
 * @param segmentItems images of a segment at most
 * @param segmentAge time after which a segment ends though it is not full
 * @param deidentify which images are de-identified
 * @param pseudonymKey file of the key of pseudonyms; empty for one in the store
 * @param burnedIn which images are put aside when text is suspected in their pixels
 * @param similarDistance bits in which hashes of one picture may differ; -1 compares bytes alone
 * @param watch whether ingestion goes on when everything is stored
 * @param poll time between two looks at a source
 * @param settle how long a file in a watched folder must have stayed the same
 */
public record IntakeSettings(
    int decodeParallelism,
    int batch,
    long inFlightBytes,
    int minSide,
    long maxPixels,
    int segmentItems,
    Duration segmentAge,
    Deidentify deidentify,
    String pseudonymKey,
    BurnedIn burnedIn,
    int similarDistance,
    boolean watch,
    Duration poll,
    Duration settle) {

  private static final Duration HOUR = Duration.ofHours(1);

  /** Which images are de-identified. */
  public enum Deidentify {
    DICOM,
    ALL
  }

  /** Which images are put aside when text is suspected in their pixels. */
  public enum BurnedIn {
    PASS,
    DICOM,
    ALL
  }

  /** Checks every value. */
  public IntakeSettings {
    Rule.between("intake.decode-parallelism", decodeParallelism, 1, 256);
    Rule.between("intake.batch", batch, 1, 1024);
    Rule.check(
        inFlightBytes >= 1 << 20 && inFlightBytes <= 16L << 30,
        "intake.in-flight",
        inFlightBytes,
        "from 1 MiB to 16 GiB");
    Rule.atLeast("intake.min-side", minSide, 1);
    Rule.between("intake.max-pixels", maxPixels, 4096, 1L << 28);
    Rule.between("intake.segment-items", segmentItems, 1, 65_536);
    Rule.check(
        !segmentAge.isNegative() && segmentAge.compareTo(HOUR) <= 0,
        "intake.segment-age",
        segmentAge,
        "from 0 s to 1 h");
    Rule.between("intake.similar-distance", similarDistance, -1, 32);
    Rule.check(
        poll.toMillis() >= 50 && poll.compareTo(HOUR) <= 0,
        "intake.poll",
        poll,
        "from 50 ms to 1 h");
    Rule.check(
        !settle.isNegative() && settle.compareTo(HOUR) <= 0,
        "intake.settle",
        settle,
        "from 0 s to 1 h");
  }
}
