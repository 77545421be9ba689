package io.hybnext.streams.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads a manifest that is one JSON list of entries, as ARRA's files are, entry by entry: the list
 * may be of any length. A wrong entry becomes an element put aside with its number; where the file
 * stops being JSON, nothing can be read any more.
 */
final class JsonListReader implements EntryReader {
  private static final int MAX_ENTRY_BYTES = 1 << 20;
  private static final int READ_AHEAD_BYTES = 1 << 16; // more than the parser's buffer
  private static final int MAX_NESTING = 32;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxStringLength(MAX_ENTRY_BYTES)
                          .maxNameLength(1 << 12)
                          .build())
                  .build())
          .build();

  private final Bounded input;
  private final ManifestEntries entries;
  private final String name;
  private JsonParser parser;
  private long number;

  /**
   * A reader in front of the list.
   *
   * @param input the manifest; closed with the reader
   * @param entries makes items of them; closed with the reader
   * @param name of the manifest, for messages
   */
  JsonListReader(InputStream input, ManifestEntries entries, String name) {
    this.input = new Bounded(input);
    this.entries = entries;
    this.name = name;
  }

  @Override
  public Optional<Outcome<ImageItem>> next() {
    Optional<Outcome<ImageItem>> waiting = entries.waiting();
    if (waiting.isPresent()) {
      return waiting;
    }
    try {
      input.left = MAX_ENTRY_BYTES + READ_AHEAD_BYTES;
      if (parser == null) {
        parser = JSON.createParser(input);
        if (parser.nextToken() != JsonToken.START_ARRAY) {
          throw new IOException("it is no JSON list; a manifest of JSON lines ends in .jsonl");
        }
      }
      JsonToken token = parser.nextToken();
      if (token == JsonToken.END_ARRAY) {
        if (parser.nextToken() != null) {
          throw new IOException("something follows behind the list");
        }
        return Optional.empty();
      }
      if (token == null) {
        throw new IOException("the list has no end");
      }
      number++;
      JsonNode entry = JSON.readTree(parser);
      return Optional.of(entries.outcome(name + ":entry " + number, () -> object(entry)));
    } catch (JsonProcessingException wrong) {
      throw unreadable(wrong.getOriginalMessage().lines().findFirst().orElse("not JSON"), wrong);
    } catch (IOException error) {
      throw unreadable(String.valueOf(error.getMessage()), error);
    }
  }

  private static ObjectNode object(JsonNode entry) {
    if (entry instanceof ObjectNode object) {
      return object;
    }
    throw ManifestEntries.wrong("the entry is no JSON object");
  }

  private SourceException unreadable(String reason, IOException cause) {
    return new SourceException(
        "The manifest " + name + " cannot be read beyond entry " + number + " (" + reason + ").",
        cause);
  }

  @Override
  public void close() throws IOException {
    entries.close();
    input.close();
  }

  /** Ends when an entry is longer than allowed, so that none can fill the memory. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream input) {
      super(input);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new IOException("an entry has more than " + MAX_ENTRY_BYTES + " bytes");
      }
      int count = super.read(target, offset, length);
      left -= Math.max(0, count);
      return count;
    }
  }
}
