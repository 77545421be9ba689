package io.hybnext.streams.item;

import java.nio.file.Path;

/**
 * An image that a source offers; nothing has been read yet.
 *
 * @param id unique in its source
 * @param file where the image lies
 * @param relativePath the same, relative to the source's folder, with forward slashes
 * @param caption the prompt; may be empty, then the item trains the unconditional case only
 * @param split {@code train}, {@code val} or {@code test}
 * @param provenance as the source states it
 * @param codes codebook indices that were made elsewhere, in raster order; null to tokenise the
 *     image. Shared, not copied: do not write to them
 * @param contentHash SHA-256, hex, of the file that {@code file} was made from, where the source
 *     had it decoded by something else, which the next release may do in other bytes; null to hash
 *     the file
 */
public record ImageItem(
    String id,
    Path file,
    String relativePath,
    String caption,
    String split,
    Provenance provenance,
    int[] codes,
    String contentHash) {

  /** An image to be tokenised. */
  public ImageItem(
      String id,
      Path file,
      String relativePath,
      String caption,
      String split,
      Provenance provenance) {
    this(id, file, relativePath, caption, split, provenance, null, null);
  }

  /** The same with the hash of the file that it was made from. */
  public ImageItem madeFrom(String fileHash) {
    return new ImageItem(id, file, relativePath, caption, split, provenance, codes, fileHash);
  }
}
