package io.hybnext.streams.store;

import io.hybnext.streams.item.Provenance;

/**
 * One stored item. Arrays are not copied: do not write to them.
 *
 * @param id of the source
 * @param contentHash SHA-256 of the image file, hex
 * @param tokens codebook indices in raster order
 * @param caption the prompt
 * @param feature global feature of the image
 * @param split {@code train}, {@code val} or {@code test}
 * @param path of the image, relative to its source's folder
 * @param provenance as the source stated it
 */
public record ItemRecord(
    String id,
    String contentHash,
    int[] tokens,
    String caption,
    float[] feature,
    String split,
    String path,
    Provenance provenance) {

  private static final int FIXED_TEXT_BYTES = 256; // hash, offsets, split, list headers

  /** About what it takes in memory and in a segment. */
  public long sizeBytes() {
    long texts = (long) id.length() + caption.length() + path.length() + length(provenance.extra());
    texts +=
        (long) length(provenance.view())
            + length(provenance.source())
            + length(provenance.license());
    for (String label : provenance.labels()) {
      texts += label.length() + 4;
    }
    return 4L * tokens.length + 4L * feature.length + 3 * texts + FIXED_TEXT_BYTES;
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }
}
