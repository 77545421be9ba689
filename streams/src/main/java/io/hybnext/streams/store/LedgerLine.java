package io.hybnext.streams.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.item.SourcePosition;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** One {@link CheckedLine} of a {@link FileLedger}. */
final class LedgerLine {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}");

  private LedgerLine() {}

  /** What a line says: one of these, or a segment with positions, the others null. */
  record Entry(
      Integer format,
      SegmentRecord segment,
      Quarantined quarantined,
      Withdrawal withdrawal,
      List<SourcePosition> positions) {

    Entry(Integer format, SegmentRecord segment, Quarantined quarantined) {
      this(format, segment, quarantined, null, null);
    }

    Entry(SegmentRecord segment, List<SourcePosition> positions) {
      this(null, segment, null, null, positions.isEmpty() ? null : positions);
    }

    Entry(Withdrawal withdrawal) {
      this(null, null, null, withdrawal, null);
    }
  }

  /** The bytes of a line with its line feed. */
  static byte[] encode(Entry entry) {
    try {
      return CheckedLine.encode(JSON.writeValueAsString(entry));
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
    Entry read;
    try {
      read = JSON.readValue(CheckedLine.decode(line), Entry.class);
    } catch (JsonProcessingException foreign) {
      throw new IOException("holds an entry of another kind", foreign);
    }
    boolean whole =
        read != null
            && isWhole(read.segment())
            && isWhole(read.quarantined())
            && (read.withdrawal() == null || read.withdrawal().study() != null)
            && (read.positions() == null
                || read.positions().stream().allMatch(position -> position.source() != null));
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
}
