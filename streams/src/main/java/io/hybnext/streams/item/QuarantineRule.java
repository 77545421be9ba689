package io.hybnext.streams.item;

import java.util.Locale;

/** Why an item can be put aside. */
public enum QuarantineRule {
  /** A manifest line that is not what the format asks for. */
  MANIFEST_LINE("is no line of a manifest"),
  /** A manifest line without a caption. */
  MISSING_CAPTION("has no caption"),
  /** A path that leads out of the source's folder. */
  PATH_ESCAPES("leads out of the source's folder"),
  /** An item id that an earlier line has already used. */
  DUPLICATE_ID("has an id that was used before"),
  /** The file does not exist or may not be read. */
  MISSING_FILE("its file does not exist or may not be read"),
  /**
   * A server that answers did not give the file, several times: it ended, was silent, or refused.
   */
  SERVER_FAILS("its server ended or failed each time that it was asked for the file"),
  /** Not an image format that is read here, or a variant of one that is not. */
  UNSUPPORTED_FORMAT("has a format, or a variant of one, that is not read here"),
  /** Damaged, so that it cannot be decoded. */
  UNREADABLE("is damaged and cannot be decoded"),
  /** Ends before the image does. */
  TRUNCATED("ends before the image does"),
  /** Fewer pixels or bytes than the least, or more than the most allowed. */
  SIZE("is smaller than the least, or larger than the most allowed"),
  /** Too long or too tall. */
  ASPECT("is too long or too tall"),
  /** One grey level, or almost. */
  BLANK("has one grey level, or almost"),
  /** Text in the pixels that may name a person. */
  BURNED_IN("has text in its pixels that may name a person"),
  /** Belongs to a study that was withdrawn. */
  WITHDRAWN("belongs to a study that was withdrawn"),
  /** The same bytes as another item. */
  DUPLICATE("has the same bytes as another item"),
  /** Stored earlier under the same id with another caption. */
  CAPTION_CHANGED("was stored before with another caption"),
  /** The tokenizer or the encoder gave numbers that cannot be used. */
  BAD_FEATURE("gives a tokenizer or encoder numbers that cannot be used");

  private final String sentence;

  QuarantineRule(String sentence) {
    this.sentence = sentence;
  }

  /** What is wrong, in words that name nobody, to stand behind the name of a thing. */
  public String sentence() {
    return sentence;
  }

  /** The name in reports and files, e.g. {@code missing-caption}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
