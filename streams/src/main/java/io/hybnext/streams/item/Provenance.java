package io.hybnext.streams.item;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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

  private static final JsonMapper JSON = new JsonMapper();

  /** The study that the item belongs to, key {@code study} of {@code extra}; null when unknown. */
  public String study() {
    if (extra == null) {
      return null;
    }
    try {
      JsonNode study = JSON.readTree(extra).get("study");
      return study == null || !study.isTextual() ? null : study.textValue();
    } catch (JsonProcessingException none) {
      return null; // text that something else wrote
    }
  }

  /** Copies the list. */
  public Provenance {
    labels = List.copyOf(labels);
  }
}
