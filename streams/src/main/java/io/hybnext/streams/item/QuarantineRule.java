package io.hybnext.streams.item;

import java.util.Locale;

/** Why an item can be put aside. */
public enum QuarantineRule {
  /** A manifest line that is not what the format asks for. */
  MANIFEST_LINE,
  /** A manifest line without a caption. */
  MISSING_CAPTION,
  /** A path that leads out of the source's folder. */
  PATH_ESCAPES,
  /** An item id that an earlier line has already used. */
  DUPLICATE_ID,
  /** The file does not exist or may not be read. */
  MISSING_FILE,
  /** Not an image format that is read here, or a variant of one that is not. */
  UNSUPPORTED_FORMAT,
  /** Damaged, so that it cannot be decoded. */
  UNREADABLE,
  /** Ends before the image does. */
  TRUNCATED,
  /** Fewer pixels or bytes than the least, or more than the most allowed. */
  SIZE,
  /** Too long or too tall. */
  ASPECT,
  /** One grey level, or almost. */
  BLANK,
  /** Text in the pixels that may name a person. */
  BURNED_IN,
  /** Belongs to a study that was withdrawn. */
  WITHDRAWN,
  /** The same bytes as another item. */
  DUPLICATE,
  /** Stored earlier under the same id with another caption. */
  CAPTION_CHANGED,
  /** The tokenizer or the encoder gave numbers that cannot be used. */
  BAD_FEATURE;

  /** The name in reports and files, e.g. {@code missing-caption}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
