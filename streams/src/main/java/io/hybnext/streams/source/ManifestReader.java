package io.hybnext.streams.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a manifest: one JSON object a line, UTF-8. Keys: {@code image} (path relative to the
 * manifest's folder) and {@code caption} are needed; {@code id} (default: the image path), {@code
 * split} (train, val or test; default train), {@code view}, {@code source}, {@code license} and
 * {@code labels} (list of strings) may be there; all others are kept as provenance. A wrong line
 * becomes an element put aside with its line number and the rule, and reading goes on.
 */
final class ManifestReader implements AutoCloseable {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_ID_LENGTH = 512;
  private static final int MAX_NESTING = 32;
  private static final Set<String> SPLITS = Set.of("train", "val", "test");
  private static final Set<String> KNOWN =
      Set.of("id", "image", "caption", "labels", "view", "source", "license", "split");

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final BoundedLines lines;
  private final Path folder;
  private final ImageFolder images;
  private final String name;
  private final Set<String> ids = new HashSet<>();

  /**
   * A reader at the first line.
   *
   * @param input the manifest; closed with the reader
   * @param folder what image paths are relative to
   * @param name of the manifest, for messages
   */
  ManifestReader(InputStream input, Path folder, String name) {
    this.lines = new BoundedLines(input, MAX_LINE_BYTES);
    this.folder = folder;
    images = new ImageFolder(folder);
    this.name = name;
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build());
  }

  /** The next line that is not blank; empty at the end. */
  Optional<Outcome<ImageItem>> next() {
    try {
      byte[] line = lines.next();
      while (line != null && isBlank(line)) {
        line = lines.next();
      }
      return line == null ? Optional.empty() : Optional.of(outcome(line));
    } catch (IOException error) {
      throw new SourceException(
          "The manifest "
              + name
              + " cannot be read beyond line "
              + lines.number()
              + " ("
              + error
              + ").",
          error);
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte character : line) {
      if (character < 0 || character > ' ') {
        return false;
      }
    }
    return true;
  }

  private Outcome<ImageItem> outcome(byte[] line) {
    String id = null;
    try {
      ObjectNode object = parse(line);
      Path file = image(object);
      String relative = folder.relativize(file).toString().replace('\\', '/');
      id = id(object, relative);
      ImageItem item =
          new ImageItem(id, file, relative, caption(object), split(object), provenance(object));
      ids.add(id);
      return Outcome.kept(item);
    } catch (QuarantineException wrong) {
      String origin = name + ":" + lines.number();
      String message = origin + ": " + wrong.getMessage();
      return Outcome.rejected(new Quarantined(origin, id, null, wrong.rule(), message));
    }
  }

  private ObjectNode parse(byte[] line) {
    if (lines.tooLong()) {
      throw wrong("the line has more than " + MAX_LINE_BYTES + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw wrong("the line is not UTF-8 text");
    }
    if (lines.number() == 1 && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw wrong("the line is no JSON object");
    } catch (JsonProcessingException error) {
      throw wrong(
          "the line is no JSON object: "
              + error.getOriginalMessage().lines().findFirst().orElse(""));
    }
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

  private static QuarantineException wrong(String message) {
    return new QuarantineException(QuarantineRule.MANIFEST_LINE, message);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
