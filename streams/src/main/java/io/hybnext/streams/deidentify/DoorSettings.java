package io.hybnext.streams.deidentify;

import java.util.function.Supplier;

/**
 * How items are de-identified.
 *
 * @param scope which items
 * @param key of pseudonyms; asked for when the first item needs one
 * @param template of the captions of DICOM images
 */
public record DoorSettings(Scope scope, Supplier<PseudonymKey> key, CaptionTemplate template) {

  /** Which items are de-identified. */
  public enum Scope {
    /** DICOM files: header, name and caption. */
    DICOM,
    /** Every image: ids and names become pseudonyms, captions are cleaned, extra keys dropped. */
    ALL
  }
}
