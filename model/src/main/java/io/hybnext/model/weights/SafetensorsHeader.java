package io.hybnext.model.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, read token by token, so that memory stays within a small
 * multiple of the header's own length whatever it says. Format: the safetensors project's README,
 * section "Format".
 *
 * @param entries by name, in the order of their bytes
 * @param metadata free texts of the writer
 */
record SafetensorsHeader(Map<String, TensorEntry> entries, Map<String, String> metadata) {
  /** Longest header that the format's own reader accepts. */
  static final long MAX_LENGTH_BYTES = 100_000_000;

  private static final int MAX_DIMENSIONS = 32;
  private static final String METADATA_KEY = "__metadata__";
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(4)
                  .maxNumberLength(32)
                  .maxStringLength((int) MAX_LENGTH_BYTES)
                  .maxNameLength(65_536)
                  .build())
          .build();

  SafetensorsHeader {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Reads and checks a header.
   *
   * @param json the header's bytes, padding included
   * @param dataBytes length of what follows the header
   * @throws SafetensorsException with the defect, without the file's name
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) throws SafetensorsException {
    if (json.length == 0 || json[0] != '{') {
      throw new SafetensorsException("its header does not start with '{'");
    }
    List<TensorEntry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (name.equals(METADATA_KEY)) {
          readMetadata(parser, metadata);
        } else {
          entries.add(readEntry(parser, name));
        }
      }
      if (parser.nextToken() != null) {
        throw new SafetensorsException("its header goes on behind the closing '}'");
      }
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(
          "its header is not the JSON that the format wants (" + firstLine(e) + ")", e);
    } catch (SafetensorsException e) {
      throw e;
    } catch (IOException e) {
      throw new SafetensorsException("its header is not UTF-8 text (" + firstLine(e) + ")", e);
    }
    return new SafetensorsHeader(inFileOrder(entries, dataBytes), metadata);
  }

  private static String firstLine(IOException e) {
    String message =
        e instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : String.valueOf(e.getMessage());
    String line = message.lines().findFirst().orElse("unreadable");
    return line.length() > 200 ? line.substring(0, 200) + "..." : line;
  }

  private static void readMetadata(JsonParser parser, Map<String, String> into) throws IOException {
    want(parser.nextToken() == JsonToken.START_OBJECT, METADATA_KEY, "is not an object of texts");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      want(
          parser.nextToken() == JsonToken.VALUE_STRING,
          METADATA_KEY,
          "has a value that is no text, for " + shown(key));
      into.put(key, parser.getText());
    }
  }

  private static TensorEntry readEntry(JsonParser parser, String name) throws IOException {
    want(parser.nextToken() == JsonToken.START_OBJECT, name, "is not an object");
    TensorType type = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "dtype" -> type = readType(parser, value, name);
        case "shape" -> shape = readLongs(parser, value, name, "shape", MAX_DIMENSIONS);
        case "data_offsets" -> offsets = readLongs(parser, value, name, "data_offsets", 2);
        default -> throw defect(name, "has the unknown field " + shown(field));
      }
    }
    want(type != null, name, "has no dtype");
    want(shape != null, name, "has no shape");
    want(offsets != null && offsets.length == 2, name, "has no data_offsets of two numbers");
    return checked(name, type, shape, offsets);
  }

  private static TensorType readType(JsonParser parser, JsonToken token, String name)
      throws IOException {
    want(token == JsonToken.VALUE_STRING, name, "has a dtype that is no text");
    String text = parser.getText();
    return TensorType.named(text)
        .orElseThrow(
            () ->
                defect(
                    name, "has dtype " + shown(text) + ", want one of " + TensorType.allNames()));
  }

  private static long[] readLongs(
      JsonParser parser, JsonToken token, String name, String field, int maxCount)
      throws IOException {
    want(token == JsonToken.START_ARRAY, name, "has a " + field + " that is no list");
    long[] values = new long[maxCount];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      want(count < maxCount, name, "has a " + field + " of more than " + maxCount + " numbers");
      want(
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT,
          name,
          "has a " + field + " with something that is no whole number");
      try {
        values[count] = parser.getLongValue();
      } catch (JsonProcessingException e) {
        throw defect(name, "has a number beyond 63 bits in its " + field);
      }
      want(values[count] >= 0, name, "has a negative number in its " + field);
      count++;
    }
    return Arrays.copyOf(values, count);
  }

  private static TensorEntry checked(String name, TensorType type, long[] shape, long[] offsets)
      throws SafetensorsException {
    want(offsets[0] <= offsets[1], name, "ends before it begins, at " + Arrays.toString(offsets));
    long bytes = type.sizeBytes();
    try {
      for (long length : shape) {
        bytes = Math.multiplyExact(bytes, length);
      }
    } catch (ArithmeticException e) {
      throw defect(name, "has shape " + Arrays.toString(shape) + ", more than 63 bits of bytes");
    }
    want(
        bytes == offsets[1] - offsets[0],
        name,
        String.format(
            "has %d bytes, but %s%s needs %d",
            offsets[1] - offsets[0], type, Arrays.toString(shape), bytes));
    return new TensorEntry(name, type, shape, offsets[0], offsets[1]);
  }

  private static Map<String, TensorEntry> inFileOrder(List<TensorEntry> entries, long dataBytes)
      throws SafetensorsException {
    List<TensorEntry> ordered = new ArrayList<>(entries);
    ordered.sort(
        Comparator.comparingLong(TensorEntry::beginBytes)
            .thenComparingLong(TensorEntry::endBytes)
            .thenComparing(TensorEntry::name));
    Map<String, TensorEntry> byName = new LinkedHashMap<>();
    long end = 0;
    for (TensorEntry entry : ordered) {
      String name = entry.name();
      want(
          entry.endBytes() <= dataBytes,
          name,
          String.format("ends at byte %d of %d", entry.endBytes(), dataBytes));
      want(entry.beginBytes() >= end, name, "overlaps the tensor before it");
      want(
          entry.beginBytes() == end,
          name,
          String.format("leaves a hole of %d bytes before it", entry.beginBytes() - end));
      end = entry.endBytes();
      byName.put(name, entry);
    }
    if (end != dataBytes) {
      throw new SafetensorsException(
          String.format("it has %d bytes behind its last tensor", dataBytes - end));
    }
    return byName;
  }

  private static void want(boolean ok, String name, String defect) throws SafetensorsException {
    if (!ok) {
      throw defect(name, defect);
    }
  }

  private static SafetensorsException defect(String name, String defect) {
    return new SafetensorsException("its entry " + shown(name) + " " + defect);
  }

  private static String shown(String text) {
    String oneLine = text.replaceAll("\\p{Cntrl}", "?");
    return "'" + (oneLine.length() > 120 ? oneLine.substring(0, 120) + "..." : oneLine) + "'";
  }
}
