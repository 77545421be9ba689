package io.hybnext.streams.item;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
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
    return text("study");
  }

  private String text(String key) {
    if (extra == null) {
      return null;
    }
    try {
      JsonNode value = JSON.readTree(extra).get(key);
      return value == null || !value.isTextual() ? null : value.textValue();
    } catch (JsonProcessingException none) {
      return null; // text that something else wrote
    }
  }

  /**
   * With the hash of what the image looks like, under the key {@code picture} of {@code extra}.
   *
   * @param picture null leaves it as it is
   */
  public Provenance withPicture(Long picture) {
    if (picture == null) {
      return this;
    }
    ObjectNode all = JSON.createObjectNode();
    try {
      if (extra != null && JSON.readTree(extra) instanceof ObjectNode given) {
        all = given;
      }
    } catch (JsonProcessingException none) {
      // text that something else wrote
    }
    all.put("picture", HexFormat.of().toHexDigits(picture));
    return new Provenance(view, source, license, labels, all.toString());
  }

  /** The hash of {@link #withPicture}, 16 hex digits; null for none. */
  public String picture() {
    String text = text("picture");
    return text != null && text.matches("[0-9a-f]{16}") ? text : null;
  }

  /** Copies the list. */
  public Provenance {
    labels = List.copyOf(labels);
  }
}
