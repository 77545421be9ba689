package io.hybnext.streams.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Entries as ARRA's data preparation takes and writes them (spec: ARRA, {@code arra/pre_tokenize}):
 *
 * <ul>
 *   <li>a conversation, {@code {"conversations": [{"from", "value"}...], "image": [path]}}, of
 *       which one answer is the image ({@code <|image|>}) and the turn before it the caption;
 *   <li>a record of a prepared item, {@code {"file", "len", "id", "image_path": [path]}}. It names
 *       the image but not its caption, so the item trains the unconditional case only; what the
 *       other keys say is kept as provenance.
 * </ul>
 *
 * Absolute image paths, which those files usually have, count when they lie inside the manifest's
 * folder.
 */
final class PublishedEntry {
  private static final String PLACEHOLDER = "<|image|>";
  private static final String TURNS = "conversations";
  private static final String RECORD_IMAGE = "image_path";

  private PublishedEntry() {}

  /** Whether an entry is in one of these formats. */
  static boolean matches(ObjectNode entry) {
    return entry.has(TURNS) || isRecord(entry);
  }

  /** Whether an entry is a record, which has no caption. */
  static boolean isRecord(ObjectNode entry) {
    return entry.has(RECORD_IMAGE) && entry.has("file") && !entry.has(TURNS);
  }

  /**
   * The entry under the keys of our own manifests.
   *
   * @param folder of the manifest
   * @throws io.hybnext.streams.item.QuarantineException when it is not what the format asks for
   */
  static ObjectNode toManifest(ObjectNode entry, Path folder) {
    ObjectNode manifest = JsonNodeFactory.instance.objectNode();
    boolean record = isRecord(entry);
    entry
        .properties()
        .forEach(
            field -> {
              String key = field.getKey();
              if (!key.equals(TURNS) && !key.equals(RECORD_IMAGE)) {
                manifest.set(key, field.getValue());
              }
            });
    if (entry.path("id").isIntegralNumber()) {
      manifest.put("id", entry.path("id").asText());
    }
    String key = record ? RECORD_IMAGE : "image";
    manifest.put("image", inside(onlyPath(entry.path(key), key), folder));
    if (!record) {
      manifest.put("caption", caption(entry.path(TURNS)));
    }
    return manifest;
  }

  private static String onlyPath(JsonNode images, String key) {
    JsonNode image = images.isArray() && images.size() == 1 ? images.get(0) : images;
    if (!image.isTextual()) {
      throw ManifestEntries.wrong(
          "\"" + key + "\" must be the path of one image, or a list of one");
    }
    return image.textValue();
  }

  private static String inside(String path, Path folder) {
    try {
      Path file = Path.of(path).normalize();
      boolean within = file.isAbsolute() && file.startsWith(folder.normalize());
      return within ? folder.normalize().relativize(file).toString() : path;
    } catch (InvalidPathException impossible) {
      throw ManifestEntries.wrong("the image is no path: " + impossible.getReason());
    }
  }

  /** The turn before the answer that is the image. */
  private static String caption(JsonNode turns) {
    if (!turns.isArray()) {
      throw ManifestEntries.wrong("\"" + TURNS + "\" must be a list of turns");
    }
    String before = null;
    String caption = null;
    for (JsonNode turn : turns) {
      if (!turn.path("value").isTextual()) {
        throw ManifestEntries.wrong("a turn lacks its \"value\", the text that was said");
      }
      String value = turn.path("value").textValue();
      if (value.contains(PLACEHOLDER)) {
        if (before == null || caption != null || !value.strip().equals(PLACEHOLDER)) {
          throw ManifestEntries.wrong(
              "want one answer that is " + PLACEHOLDER + " and nothing else, after a caption");
        }
        caption = before;
      }
      before = value;
    }
    if (caption == null) {
      throw ManifestEntries.wrong(
          "no answer is " + PLACEHOLDER + ", so no caption belongs to an image");
    }
    return caption;
  }
}
