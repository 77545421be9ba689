package io.hybnext.streams.store;

import io.hybnext.file.Sha256;

/**
 * What the ledger keeps of a stored item.
 *
 * @param id of the source
 * @param contentHash SHA-256 of the image file, hex
 * @param captionHash first 16 hex digits of the caption's SHA-256
 * @param split {@code train}, {@code val} or {@code test}
 * @param study that it belongs to, as a pseudonym where it was de-identified; null when unknown
 * @param picture hash of what it looks like, 16 hex digits; null when pictures are not compared
 * @param origin where it lay, if something that lay there had been put aside; null otherwise
 */
public record StoredItem(
    String id,
    String contentHash,
    String captionHash,
    String split,
    String study,
    String picture,
    String origin) {

  /** An item whose picture is not compared. */
  public StoredItem(String id, String contentHash, String captionHash, String split, String study) {
    this(id, contentHash, captionHash, split, study, null, null);
  }

  /** An item of no known study. */
  public StoredItem(String id, String contentHash, String captionHash, String split) {
    this(id, contentHash, captionHash, split, null, null, null);
  }

  /** The entry of an item. */
  public static StoredItem of(ItemRecord item) {
    return new StoredItem(
        item.id(),
        item.contentHash(),
        Sha256.shortHex(item.caption()),
        item.split(),
        item.provenance().study(),
        item.provenance().picture(),
        null);
  }

  /** The same, of which it was known that something lay aside where it lay. */
  StoredItem from(String place) {
    return new StoredItem(id, contentHash, captionHash, split, study, picture, place);
  }
}
