package io.hybnext.streams.item;

import java.util.List;

/**
 * Where an image comes from, as its source states it. Kept with the item, never used in training.
 *
 * @param view projection, e.g. {@code PA}; null when not stated
 * @param source name of the collection; null when not stated
 * @param license terms of the collection; null when not stated
 * @param labels findings, in the order of the source
 * @param extra every other key of the manifest line, as the text of one JSON object; null for none
 */
public record Provenance(
    String view, String source, String license, List<String> labels, String extra) {

  /** Nothing known. */
  public static final Provenance NONE = new Provenance(null, null, null, List.of(), null);

  /** Copies the list. */
  public Provenance {
    labels = List.copyOf(labels);
  }
}
