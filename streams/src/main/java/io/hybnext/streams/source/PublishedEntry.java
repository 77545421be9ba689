package io.hybnext.streams.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries as ARRA's data preparation takes and writes them (spec: ARRA, {@code arra/pre_tokenize}):
 *
 * <ul>
 *   <li>a conversation, {@code {"conversations": [{"from", "value"}...], "image": [path...]}}, with
 *       one answer an image ({@code <|image|>}), in the order of the paths, each after its caption;
 *   <li>a record of a prepared item, {@code {"file", "len", "id", "image_path": [path...]}}. It
 *       names images but not their captions, so the items train the unconditional case only, unless
 *       the tokens in its file are taken ({@link TokenRecords}); what the other keys say is kept as
 *       provenance.
 * </ul>
 *
 * Every image makes an item of its own, so that each has its own alignment target; the original
 * aligns an entry of several with the first of them. Items of one entry share its id, numbered.
 *
 * <p>Absolute image paths, which those files usually have, count when they lie inside the
 * manifest's folder.
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
   * The entry under the keys of our own manifests, once for each of its images.
   *
   * @param folder of the manifest
   * @throws io.hybnext.streams.item.QuarantineException when it is not what the format asks for
   */
  static List<ObjectNode> toManifests(ObjectNode entry, Path folder) {
    boolean record = isRecord(entry);
    String key = record ? RECORD_IMAGE : "image";
    List<String> paths = paths(entry.path(key), key);
    List<String> captions = record ? List.of() : captions(entry.path(TURNS));
    if (!record && captions.size() != paths.size()) {
      throw ManifestEntries.wrong(
          "%d of the answers are %s, but \"%s\" has %d paths"
              .formatted(captions.size(), PLACEHOLDER, key, paths.size()));
    }
    List<ObjectNode> manifests = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      ObjectNode manifest = rest(entry, paths.size() == 1 ? "" : "#" + (i + 1));
      manifest.put("image", inside(paths.get(i), folder));
      if (!record) {
        manifest.put("caption", captions.get(i));
      }
      manifests.add(manifest);
    }
    return manifests;
  }

  /** All but turns and images; an id, which may be a number here, with its suffix. */
  private static ObjectNode rest(ObjectNode entry, String suffix) {
    ObjectNode manifest = entry.deepCopy();
    manifest.remove(List.of(TURNS, RECORD_IMAGE));
    JsonNode id = entry.path("id");
    if (id.isIntegralNumber() || id.isTextual()) {
      manifest.put("id", id.asText() + suffix);
    }
    return manifest;
  }

  private static List<String> paths(JsonNode images, String key) {
    List<String> paths = new ArrayList<>();
    for (JsonNode image : images.isArray() ? images : List.of(images)) {
      if (!image.isTextual()) {
        throw ManifestEntries.wrong(
            "\"" + key + "\" must be the path of an image, or a list of such");
      }
      paths.add(image.textValue());
    }
    if (paths.isEmpty()) {
      throw ManifestEntries.wrong("\"" + key + "\" lists no path");
    }
    return paths;
  }

  /** A path as it is written in a folder of which absolute paths tell, too. */
  static String inside(String path, Path folder) {
    try {
      Path file = Path.of(path).normalize();
      boolean within = file.isAbsolute() && file.startsWith(folder.normalize());
      return within ? folder.normalize().relativize(file).toString() : path;
    } catch (InvalidPathException impossible) {
      throw ManifestEntries.wrong("the image is no path: " + impossible.getReason());
    }
  }

  /** The turn before each answer that is an image. */
  private static List<String> captions(JsonNode turns) {
    if (!turns.isArray()) {
      throw ManifestEntries.wrong("\"" + TURNS + "\" must be a list of turns");
    }
    List<String> captions = new ArrayList<>();
    String before = null;
    for (JsonNode turn : turns) {
      if (!turn.path("value").isTextual()) {
        throw ManifestEntries.wrong("a turn lacks its \"value\", the text that was said");
      }
      String value = turn.path("value").textValue();
      boolean image = value.contains(PLACEHOLDER);
      if (image) {
        if (before == null || !value.strip().equals(PLACEHOLDER)) {
          throw ManifestEntries.wrong(
              "want answers that are " + PLACEHOLDER + " and nothing else, each after a caption");
        }
        captions.add(before);
      }
      before = image ? null : value;
    }
    if (captions.isEmpty()) {
      throw ManifestEntries.wrong(
          "no answer is " + PLACEHOLDER + ", so no caption belongs to an image");
    }
    return captions;
  }
}
