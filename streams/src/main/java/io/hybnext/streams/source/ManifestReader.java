package io.hybnext.streams.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads a manifest of JSON lines: one object a line, UTF-8, see {@link ManifestEntries}. A wrong
 * line becomes an element put aside with its line number and the rule, and reading goes on.
 */
final class ManifestReader implements EntryReader {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_NESTING = 32;

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final BoundedLines lines;
  private final ManifestEntries entries;
  private final String name;

  /**
   * A reader at the first line.
   *
   * @param input the manifest; closed with the reader
   * @param entries makes items of them; closed with the reader
   * @param name of the manifest, for messages
   */
  ManifestReader(InputStream input, ManifestEntries entries, String name) {
    this.lines = new BoundedLines(input, MAX_LINE_BYTES);
    this.entries = entries;
    this.name = name;
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build());
  }

  @Override
  public Optional<Outcome<ImageItem>> next() {
    Optional<Outcome<ImageItem>> waiting = entries.waiting();
    if (waiting.isPresent()) {
      return waiting;
    }
    try {
      byte[] line = lines.next();
      while (line != null && isBlank(line)) {
        line = lines.next();
      }
      if (line == null) {
        return Optional.empty();
      }
      byte[] entry = line;
      return Optional.of(entries.outcome(name + ":" + lines.number(), () -> parse(entry)));
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

  private ObjectNode parse(byte[] line) {
    if (lines.tooLong()) {
      throw ManifestEntries.wrong("the line has more than " + MAX_LINE_BYTES + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw ManifestEntries.wrong("the line is not UTF-8 text");
    }
    if (lines.number() == 1 && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw ManifestEntries.wrong("the line is no JSON object");
    } catch (JsonProcessingException error) {
      throw ManifestEntries.wrong(
          "the line is no JSON object: "
              + error.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  @Override
  public void close() throws IOException {
    entries.close();
    lines.close();
  }
}
