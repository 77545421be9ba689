package io.hybnext.streams.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes items of a manifest's entries. Keys: {@code image} (path relative to the manifest's folder)
 * and {@code caption} are needed; {@code id} (default: the image path), {@code split} (train, val
 * or test; default train), {@code view}, {@code source}, {@code license} and {@code labels} (list
 * of strings) may be there; all others are kept as provenance. Entries in ARRA's formats are taken
 * as {@link PublishedEntry} says.
 */
final class ManifestEntries implements AutoCloseable {
  private static final int MAX_ID_LENGTH = 512;
  private static final Set<String> SPLITS = Set.of("train", "val", "test");
  private static final Set<String> KNOWN =
      Set.of("id", "image", "caption", "labels", "view", "source", "license", "split");

  private final Path folder;
  private final ImageFolder images;
  private final TokenRecords tokens;
  private final Set<String> ids = new HashSet<>();
  private final Queue<Outcome<ImageItem>> waiting = new ArrayDeque<>();

  /**
   * For the entries of one manifest.
   *
   * @param folder what image paths are relative to
   * @param tokens reads the tokens of records, closed with this; null to leave them
   */
  ManifestEntries(Path folder, TokenRecords tokens) {
    this.folder = folder;
    this.tokens = tokens;
    this.images = new ImageFolder(folder);
  }

  /**
   * The item of an entry, or why there is none. Further images of an entry in ARRA's formats wait
   * for {@link #waiting}.
   *
   * @param origin manifest and place, for messages
   * @param parsed gives the entry, or throws {@link QuarantineException}
   */
  Outcome<ImageItem> outcome(String origin, Supplier<ObjectNode> parsed) {
    try {
      ObjectNode given = parsed.get();
      boolean published = PublishedEntry.matches(given);
      List<ObjectNode> objects =
          published ? PublishedEntry.toManifests(given, folder) : List.of(given);
      boolean record = published && PublishedEntry.isRecord(given);
      if (record && tokens != null) {
        want(
            objects.size() == 1,
            "the tokens of a record belong to one image, and it names several");
      }
      for (int i = 0; i < objects.size(); i++) {
        String place = objects.size() == 1 ? origin : origin + ", image " + (i + 1);
        waiting.add(outcome(place, objects.get(i), record));
      }
      return waiting.remove();
    } catch (QuarantineException wrong) {
      return aside(origin, null, wrong);
    }
  }

  /** What the entry read last still holds, image by image. */
  Optional<Outcome<ImageItem>> waiting() {
    return Optional.ofNullable(waiting.poll());
  }

  private Outcome<ImageItem> outcome(String origin, ObjectNode object, boolean record) {
    String id = null;
    try {
      Path file = image(object);
      String relative = folder.relativize(file).toString().replace('\\', '/');
      id = id(object, relative);
      Optional<TokenRecords.Prepared> prepared = record ? prepared(object) : Optional.empty();
      String caption =
          record ? prepared.map(TokenRecords.Prepared::caption).orElse("") : caption(object);
      int[] codes = prepared.map(TokenRecords.Prepared::codes).orElse(null);
      ImageItem item =
          new ImageItem(
              id, file, relative, caption, split(object), provenance(object), codes, null);
      ids.add(id);
      return Outcome.kept(item);
    } catch (QuarantineException wrong) {
      return aside(origin, id, wrong);
    }
  }

  private Optional<TokenRecords.Prepared> prepared(ObjectNode record) {
    if (tokens == null) {
      return Optional.empty();
    }
    String file = text(record, "file");
    want(file != null && !file.isBlank(), "\"file\" is missing: want the path of the tokens");
    try {
      return Optional.of(tokens.read(images.resolve(PublishedEntry.inside(file, folder))));
    } catch (InvalidPathException impossible) {
      throw wrong("\"file\" is no path: " + impossible.getReason());
    }
  }

  private static void want(boolean ok, String rule) {
    if (!ok) {
      throw wrong(rule);
    }
  }

  @Override
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }

  private static Outcome<ImageItem> aside(String origin, String id, QuarantineException wrong) {
    String message = origin + ": " + wrong.getMessage();
    return Outcome.rejected(new Quarantined(origin, id, null, wrong.rule(), message));
  }

  private Path image(ObjectNode object) {
    String path = text(object, "image");
    if (path == null || path.isBlank()) {
      throw wrong("\"image\" is missing: want the path of the image, relative to the manifest");
    }
    try {
      return images.resolve(path);
    } catch (InvalidPathException impossible) {
      throw wrong("\"image\" is no path: " + impossible.getReason());
    }
  }

  private String id(ObjectNode object, String relativePath) {
    String stated = text(object, "id");
    String id = stated == null ? relativePath : stated;
    if (id.isBlank()
        || id.length() > MAX_ID_LENGTH
        || id.chars().anyMatch(Character::isISOControl)) {
      throw wrong("\"id\" must have 1 to " + MAX_ID_LENGTH + " printable characters");
    }
    if (ids.contains(id)) {
      throw new QuarantineException(
          QuarantineRule.DUPLICATE_ID, "\"id\" = \"" + id + "\" was used by an earlier line");
    }
    return id;
  }

  private static String caption(ObjectNode object) {
    String caption = text(object, "caption");
    if (caption == null || caption.isBlank()) {
      throw new QuarantineException(
          QuarantineRule.MISSING_CAPTION, "\"caption\" is missing: every image needs one");
    }
    return caption.strip();
  }

  private static String split(ObjectNode object) {
    String split = text(object, "split");
    if (split != null && !SPLITS.contains(split)) {
      throw wrong("\"split\" = \"" + split + "\": want train, val or test");
    }
    return split == null ? "train" : split;
  }

  private static Provenance provenance(ObjectNode object) {
    List<String> labels = labels(object);
    String view = text(object, "view");
    String source = text(object, "source");
    String license = text(object, "license");
    ObjectNode extra = object.deepCopy();
    extra.remove(KNOWN);
    return new Provenance(
        view,
        source,
        license,
        labels,
        extra.isEmpty() ? null : wellFormed("an extra key", extra.toString()));
  }

  private static List<String> labels(ObjectNode object) {
    JsonNode list = object.get("labels");
    List<String> labels = new ArrayList<>();
    if (list == null || list.isNull()) {
      return labels;
    }
    if (!list.isArray()) {
      throw wrong("\"labels\" must be a list of strings");
    }
    for (JsonNode label : list) {
      if (!label.isTextual()) {
        throw wrong("\"labels\" must be a list of strings");
      }
      labels.add(wellFormed("\"labels\"", label.textValue()));
    }
    return labels;
  }

  private static String text(ObjectNode object, String key) {
    JsonNode value = object.get(key);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrong("\"" + key + "\" must be a string");
    }
    return wellFormed("\"" + key + "\"", value.textValue());
  }

  /** JSON escapes can name half a character, which no UTF-8 file can hold. */
  private static String wellFormed(String what, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw wrong(what + " holds half of a surrogate pair");
    }
    return text;
  }

  static QuarantineException wrong(String message) {
    return new QuarantineException(QuarantineRule.MANIFEST_LINE, message);
  }
}
