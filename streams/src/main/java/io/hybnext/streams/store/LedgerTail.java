package io.hybnext.streams.store;

import io.hybnext.file.FileTail;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Follows a store's ledger while others write it: how many items are there, how many were put aside
 * by which rule, and the last ones of those. Keeps no items, so its size does not depend on the
 * store's. One thread at a time.
 */
public final class LedgerTail {
  private static final int KEPT = 200;

  private final FileTail tail;
  private final Map<QuarantineRule, Long> byRule = new EnumMap<>(QuarantineRule.class);
  private final Deque<Quarantined> last = new ArrayDeque<>();
  private long stored;
  private long segments;
  private long bytes;

  /** Follows the ledger in a store's folder, which need not be there yet. */
  public LedgerTail(Path storeFolder) {
    tail = new FileTail(storeFolder.resolve(FileLedger.FILE));
  }

  /**
   * What a ledger says now.
   *
   * @param stored items in segments
   * @param segments listed
   * @param sizeBytes of all segments
   * @param byRule items put aside, duplicates included
   * @param last items put aside, the newest first; bounded
   */
  public record Figures(
      long stored,
      long segments,
      long sizeBytes,
      Map<QuarantineRule, Long> byRule,
      List<Quarantined> last) {

    /** Copies map and list. */
    public Figures {
      byRule = Map.copyOf(byRule);
      last = List.copyOf(last);
    }
  }

  /**
   * Reads on.
   *
   * @return whether anything changed
   * @throws IOException with a sentence when a line is damaged, or the disk fails
   */
  public boolean read() throws IOException {
    FileTail.Part part = tail.read();
    if (part.restarted()) {
      forget();
    }
    byte[] bytes = part.bytes();
    int start = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        if (!take(Arrays.copyOfRange(bytes, start, at), at + 1 == bytes.length)) {
          break;
        }
        start = at + 1;
      }
    }
    tail.take(start);
    return start > 0 || part.restarted();
  }

  /** False for a last line that is not whole: its writer may have crashed, or be at it. */
  private boolean take(byte[] line, boolean isLast) throws IOException {
    try {
      accept(LedgerLine.decode(line));
      return true;
    } catch (IOException damaged) {
      if (isLast) {
        return false;
      }
      throw new IOException(
          "the ledger " + tail.file() + " is damaged: a line " + damaged.getMessage(), damaged);
    }
  }

  private void accept(LedgerLine.Entry entry) {
    if (entry.segment() != null) {
      segments++;
      stored += entry.segment().items().size();
      bytes += entry.segment().sizeBytes();
    }
    if (entry.quarantined() != null) {
      byRule.merge(entry.quarantined().rule(), 1L, Long::sum);
      last.addFirst(entry.quarantined());
      if (last.size() > KEPT) {
        last.removeLast();
      }
    }
  }

  private void forget() {
    stored = 0;
    segments = 0;
    bytes = 0;
    byRule.clear();
    last.clear();
  }

  /** What was read so far. */
  public Figures figures() {
    return new Figures(stored, segments, bytes, byRule, new ArrayList<>(last));
  }
}
