package io.hybnext.streams.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * One line of a {@link FileLedger}: a JSON object {@code {"crc32c":"8 hex digits","entry":{...}}}
 * and a line feed. The check sum is over the bytes of the entry, so a line is recognised as whole
 * or not.
 */
final class LedgerLine {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}");
  private static final String HEAD = "{\"crc32c\":\"";
  private static final String MIDDLE = "\",\"entry\":";
  private static final int CRC_DIGITS = 8;
  private static final int ENTRY_START = HEAD.length() + CRC_DIGITS + MIDDLE.length();

  private LedgerLine() {}

  /** What a line says: one of the four, the others null. */
  record Entry(
      Integer format, SegmentRecord segment, Quarantined quarantined, Withdrawal withdrawal) {

    Entry(Integer format, SegmentRecord segment, Quarantined quarantined) {
      this(format, segment, quarantined, null);
    }
  }

  /** The bytes of a line with its line feed. */
  static byte[] encode(Entry entry) {
    try {
      String json = JSON.writeValueAsString(entry);
      String crc = crc(json.getBytes(StandardCharsets.UTF_8));
      return (HEAD + crc + MIDDLE + json + "}\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("plain records are always JSON", impossible);
    }
  }

  /**
   * The entry of a line without its line feed.
   *
   * @throws IOException when the line is not whole
   */
  static Entry decode(byte[] line) throws IOException {
    if (line.length <= ENTRY_START || line[line.length - 1] != '}') {
      throw new IOException("is cut off");
    }
    byte[] entry = Arrays.copyOfRange(line, ENTRY_START, line.length - 1);
    String head = new String(line, 0, ENTRY_START, StandardCharsets.UTF_8);
    if (!head.equals(HEAD + crc(entry) + MIDDLE)) {
      throw new IOException("does not match its check sum");
    }
    Entry read;
    try {
      read = JSON.readValue(entry, Entry.class);
    } catch (JsonProcessingException foreign) {
      throw new IOException("holds an entry of another kind", foreign);
    }
    boolean whole =
        read != null
            && isWhole(read.segment())
            && isWhole(read.quarantined())
            && (read.withdrawal() == null || read.withdrawal().study() != null);
    if (!whole) {
      throw new IOException("holds an entry that lacks some of its fields");
    }
    return read;
  }

  private static boolean isWhole(SegmentRecord segment) {
    return segment == null
        || (segment.schema() != null
            && segment.sizeBytes() >= 0
            && segment.sha256() != null
            && segment.file() != null
            && FILE.matcher(segment.file()).matches()
            && segment.items().stream().allMatch(LedgerLine::isWhole));
  }

  private static boolean isWhole(StoredItem item) {
    return item.id() != null && item.contentHash() != null && item.split() != null;
  }

  private static boolean isWhole(Quarantined item) {
    return item == null || (item.rule() != null && item.message() != null);
  }

  private static String crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return String.format("%08x", crc.getValue());
  }
}
