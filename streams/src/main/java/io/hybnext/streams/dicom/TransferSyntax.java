package io.hybnext.streams.dicom;

import java.util.Map;

/**
 * How a file is written (PS3.5 section 10, annex A).
 *
 * @param uid the registered one
 * @param name as registered; the UID itself when it is not known here
 * @param implicit whether elements lack their VR
 * @param bigEndian byte order of the data set
 * @param deflated whether the data set is deflated
 * @param pixels how frames are coded
 */
record TransferSyntax(
    String uid, String name, boolean implicit, boolean bigEndian, boolean deflated, Coding pixels) {

  /** How a frame is coded. */
  enum Coding {
    NATIVE,
    RLE,
    JPEG,
    NOT_READ
  }

  private static final String ROOT = "1.2.840.10008.1.2";

  private static final Map<String, String> JPEG_READ =
      Map.of(
          ".4.50", "JPEG Baseline",
          ".4.51", "JPEG Extended",
          ".4.57", "JPEG Lossless",
          ".4.70", "JPEG Lossless, First-Order Prediction");

  private static final Map<String, String> NOT_READ =
      Map.ofEntries(
          Map.entry(".4.80", "JPEG-LS Lossless"),
          Map.entry(".4.81", "JPEG-LS Near-Lossless"),
          Map.entry(".4.90", "JPEG 2000 Lossless"),
          Map.entry(".4.91", "JPEG 2000"),
          Map.entry(".4.92", "JPEG 2000 Part 2 Lossless"),
          Map.entry(".4.93", "JPEG 2000 Part 2"),
          Map.entry(".4.100", "MPEG2 Main Profile at Main Level"),
          Map.entry(".4.101", "MPEG2 Main Profile at High Level"),
          Map.entry(".4.102", "MPEG-4 AVC High Profile"),
          Map.entry(".4.107", "HEVC Main Profile"),
          Map.entry(".4.110", "JPEG XL Lossless"),
          Map.entry(".4.111", "JPEG XL JPEG Recompression"),
          Map.entry(".4.112", "JPEG XL"),
          Map.entry(".4.201", "High-Throughput JPEG 2000 Lossless"),
          Map.entry(".4.203", "High-Throughput JPEG 2000"),
          Map.entry(".4.94", "JPIP Referenced"),
          Map.entry(".4.95", "JPIP Referenced Deflate"));

  /** The syntax of a UID; unknown ones are not read, and their data set is taken as explicit. */
  static TransferSyntax of(String uid) {
    String tail = uid.startsWith(ROOT) ? uid.substring(ROOT.length()) : "unknown";
    if (JPEG_READ.containsKey(tail)) {
      return explicit(uid, JPEG_READ.get(tail), Coding.JPEG);
    }
    return switch (tail) {
      case "" ->
          new TransferSyntax(uid, "Implicit VR Little Endian", true, false, false, Coding.NATIVE);
      case ".1" -> explicit(uid, "Explicit VR Little Endian", Coding.NATIVE);
      case ".2" ->
          new TransferSyntax(uid, "Explicit VR Big Endian", false, true, false, Coding.NATIVE);
      case ".1.99" ->
          new TransferSyntax(
              uid, "Deflated Explicit VR Little Endian", false, false, true, Coding.NATIVE);
      case ".5" -> explicit(uid, "RLE Lossless", Coding.RLE);
      default ->
          explicit(uid, NOT_READ.getOrDefault(tail, "not a registered one"), Coding.NOT_READ);
    };
  }

  private static TransferSyntax explicit(String uid, String name, Coding pixels) {
    return new TransferSyntax(uid, name, false, false, false, pixels);
  }

  /** Whether frames lie in fragments. */
  boolean encapsulated() {
    return pixels != Coding.NATIVE;
  }

  @Override
  public String toString() {
    return name + " (" + uid + ")";
  }
}
