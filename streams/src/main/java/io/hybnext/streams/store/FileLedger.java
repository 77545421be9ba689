package io.hybnext.streams.store;

import io.hybnext.file.Disk;
import io.hybnext.file.Disk.Appender;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.item.SourcePosition;
import io.hybnext.streams.store.LedgerLine.Entry;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A ledger in a file of check-summed JSON lines. A last line that is not whole is the trace of a
 * crash: it is ignored by readers and cut off by the next writer. A damaged line before the last is
 * an error.
 */
public final class FileLedger implements Ledger {
  /** Name of the file in the store's folder. */
  public static final String FILE = "ledger.jsonl";

  private static final int FORMAT = 1;

  private final Path file;
  private final List<SegmentRecord> segments;
  private final AsideItems aside;
  private final Map<String, Long> positions;
  private Appender appender;
  private long lengthBytes;
  private boolean broken;

  private FileLedger(Path file, Contents contents) {
    this.file = file;
    this.segments = contents.segments;
    this.aside = contents.aside;
    this.positions = contents.positions;
    this.lengthBytes = contents.wholeBytes;
  }

  /** What a ledger says at the moment of reading; for readers beside a writer. */
  public static List<SegmentRecord> readSegments(Path storeFolder) {
    return Collections.unmodifiableList(read(storeFolder.resolve(FILE)).segments);
  }

  /** The items that are aside now, in order; for readers beside a writer. */
  public static List<Quarantined> readQuarantined(Path storeFolder) {
    return read(storeFolder.resolve(FILE)).aside.list();
  }

  /**
   * Opens a ledger for writing, created if missing. The caller makes sure that it is the only
   * writer.
   *
   * @throws StoreException when it cannot be read or is damaged before its last line
   */
  static FileLedger open(Path storeFolder, Disk disk) {
    Path file = storeFolder.resolve(FILE);
    FileLedger ledger = new FileLedger(file, read(file));
    try {
      ledger.appender = disk.append(file, ledger.lengthBytes);
    } catch (IOException error) {
      throw new StoreException(
          "The ledger " + file + " cannot be opened for writing (" + error + ").", error);
    }
    if (ledger.lengthBytes == 0) {
      ledger.append(new Entry(FORMAT, null, null), true);
    }
    return ledger;
  }

  /** What was read of a ledger so far. */
  static final class Contents {
    final List<SegmentRecord> segments = new ArrayList<>();
    final AsideItems aside = new AsideItems();
    final Map<String, Long> positions = new HashMap<>();
    long wholeBytes;
    int lines;
  }

  private static Contents read(Path file) {
    Contents contents = new Contents();
    readOn(file, contents);
    return contents;
  }

  /** Reads what is behind the whole lines that were read before. */
  static void readOn(Path file, Contents contents) {
    byte[] bytes;
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(contents.wholeBytes);
      bytes = Channels.newInputStream(channel).readAllBytes();
    } catch (NoSuchFileException empty) {
      return;
    } catch (IOException error) {
      throw new StoreException("The ledger " + file + " cannot be read (" + error + ").", error);
    }
    parse(file, contents, bytes);
  }

  private static void parse(Path file, Contents contents, byte[] bytes) {
    for (int start = 0, end; (end = lineEnd(bytes, start)) >= 0; start = end + 1) {
      int number = contents.lines + 1;
      try {
        Entry entry = LedgerLine.decode(Arrays.copyOfRange(bytes, start, end));
        accept(file, contents, entry, number);
      } catch (IOException damaged) {
        if (end + 1 == bytes.length) {
          return; // a crash while the last line was written
        }
        throw new StoreException(
            "The ledger "
                + file
                + " is damaged: line "
                + number
                + " "
                + damaged.getMessage()
                + ". Restore the store from a copy, or ingest into a new one.",
            damaged);
      }
      contents.lines = number;
      contents.wholeBytes += end + 1L - start;
    }
  }

  private static int lineEnd(byte[] bytes, int start) {
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static void accept(Path file, Contents contents, Entry entry, int line) {
    if (line == 1 && !Integer.valueOf(FORMAT).equals(entry.format())) {
      throw new StoreException(
          "The ledger "
              + file
              + " has store format "
              + entry.format()
              + "; this version reads format "
              + FORMAT
              + ". Use the version that wrote it, or ingest into a new store.");
    }
    if (entry.segment() != null) {
      if (entry.segment().number() != contents.segments.size()) {
        throw new StoreException(
            "The ledger "
                + file
                + " is damaged: line "
                + line
                + " lists segment "
                + entry.segment().number()
                + " where "
                + contents.segments.size()
                + " is due. Restore the store from a copy, or ingest into a new one.");
      }
      contents.segments.add(entry.segment());
      entry.segment().items().forEach(contents.aside::stored);
    }
    if (entry.quarantined() != null) {
      contents.aside.add(entry.quarantined());
    }
    if (entry.positions() != null) {
      entry.positions().forEach(at -> contents.positions.put(at.source(), at.sequence()));
    }
  }

  @Override
  public List<SegmentRecord> segments() {
    return Collections.unmodifiableList(segments);
  }

  @Override
  public List<Quarantined> quarantined() {
    return aside.list();
  }

  @Override
  public boolean isAside(String origin) {
    return aside.isAt(origin);
  }

  @Override
  public void publish(SegmentRecord segment, List<SourcePosition> reached) {
    append(new Entry(segment, reached), true);
    segments.add(segment);
    segment.items().forEach(aside::stored);
    reached.forEach(at -> positions.put(at.source(), at.sequence()));
  }

  @Override
  public void follow(List<SourcePosition> reached) {
    append(new Entry((SegmentRecord) null, reached), true);
    reached.forEach(at -> positions.put(at.source(), at.sequence()));
  }

  @Override
  public long position(String source) {
    return positions.getOrDefault(source, 0L);
  }

  @Override
  public void quarantine(Quarantined item) {
    if (!aside.holds(item)) {
      append(new Entry(null, null, item), false);
      aside.add(item);
    }
  }

  private void append(Entry entry, boolean force) {
    if (broken) {
      throw new StoreException(
          "The ledger "
              + file
              + " could not be written before; nothing more is stored in this run.");
    }
    byte[] line = LedgerLine.encode(entry);
    try {
      appender.write(line);
      if (force) {
        appender.force();
      }
      lengthBytes += line.length;
    } catch (IOException error) {
      broken = true; // how much of the line is there is unknown
      cutBack();
      throw SegmentFiles.cannotWrite(file, line.length, error);
    }
  }

  /** The next writer cuts the torn line off anyway; a full disk may even allow it now. */
  private void cutBack() {
    try {
      appender.truncate(lengthBytes);
    } catch (IOException left) {
      // readers ignore a torn last line
    }
  }

  @Override
  public void close() {
    try (Appender closing = appender) {
      if (!broken) {
        closing.force();
      }
    } catch (IOException error) {
      throw new StoreException(
          "The ledger " + file + " could not be flushed to disk (" + error + ").", error);
    }
  }
}
