package io.hybnext.streams.store;

import io.hybnext.file.Sha256;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The writer of a store: collects items and publishes them as segments. One writer a store, kept so
 * by a file lock; its methods are called by one thread at a time.
 *
 * <p>A segment is published in this order: the file is written under a temporary name and flushed,
 * renamed, and then listed in the ledger with a flush. Whatever crashes in between leaves a file
 * that is not listed, which the next writer removes; its items are simply new again. So every item
 * is listed exactly once or not at all.
 */
public final class SegmentStore implements AutoCloseable {
  private static final String LOCK = "store.lock";
  private static final String TEMPORARY = ".tmp";
  private static final String SEGMENT = ".arrow";

  private final Path folder;
  private final StoreSettings settings;
  private final StoreDisk disk;
  private final LongSupplier clockNs;
  private final FileChannel lockFile;
  private final Ledger ledger;
  private final Map<SegmentSchema, Map<String, StoredItem>> stored = new HashMap<>();
  private final List<ItemRecord> pending = new ArrayList<>();
  private SegmentSchema pendingSchema;
  private long pendingBytes;
  private long pendingSinceNs;
  private boolean failed;

  private SegmentStore(
      Path folder,
      StoreSettings settings,
      StoreDisk disk,
      LongSupplier clockNs,
      FileChannel lockFile,
      Ledger ledger) {
    this.folder = folder;
    this.settings = settings;
    this.disk = disk;
    this.clockNs = clockNs;
    this.lockFile = lockFile;
    this.ledger = ledger;
    ledger.segments().forEach(this::index);
  }

  /**
   * Opens a store for writing; the folder is created if missing and left-overs of a crash are
   * removed.
   *
   * @throws StoreException when it cannot be opened, or another writer has it
   */
  public static SegmentStore open(Path folder, StoreSettings settings) {
    return open(folder, settings, StoreDisk.LOCAL, System::nanoTime);
  }

  /** The same on a disk and with a clock of the caller's. */
  public static SegmentStore open(
      Path folder, StoreSettings settings, StoreDisk disk, LongSupplier clockNs) {
    FileChannel lockFile = lock(folder);
    try {
      FileLedger ledger = FileLedger.open(folder, disk);
      SegmentStore store = new SegmentStore(folder, settings, disk, clockNs, lockFile, ledger);
      store.removeUnlisted();
      return store;
    } catch (RuntimeException error) {
      close(lockFile);
      throw error;
    }
  }

  private static FileChannel lock(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new OverlappingFileLockException();
      }
      return channel;
    } catch (OverlappingFileLockException taken) {
      close(channel);
      throw new StoreException(
          "The store "
              + folder
              + " is being written by another ingestion: wait for it, or name another store.",
          taken);
    } catch (IOException error) {
      throw new StoreException(
          "The store "
              + folder
              + " cannot be opened ("
              + error
              + "): name a folder that may be written.",
          error);
    }
  }

  private static void close(FileChannel lockFile) {
    try {
      lockFile.close();
    } catch (IOException ignored) {
      // the lock ends with the process in any case
    }
  }

  private void removeUnlisted() {
    Set<String> listed = new HashSet<>();
    ledger.segments().forEach(segment -> listed.add(segment.file()));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        boolean ours = name.endsWith(SEGMENT) || name.endsWith(SEGMENT + TEMPORARY);
        if (ours && !listed.contains(name)) {
          disk.delete(file);
        }
      }
    } catch (IOException error) {
      throw new StoreException(
          "Left-overs of a crash in " + folder + " cannot be removed (" + error + ").", error);
    }
  }

  private void index(SegmentRecord segment) {
    Map<String, StoredItem> items =
        stored.computeIfAbsent(segment.schema(), schema -> new HashMap<>());
    segment.items().forEach(item -> items.put(item.contentHash(), item));
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** What is listed; do not write to it. */
  public Ledger ledger() {
    return ledger;
  }

  /**
   * Items listed under a schema, by content hash; a copy, safe to read while the store is written.
   */
  public Map<String, StoredItem> storedItems(SegmentSchema schema) {
    return Map.copyOf(stored.getOrDefault(schema, Map.of()));
  }

  /** The listed item of that content, if there is one. */
  public Optional<StoredItem> find(SegmentSchema schema, String contentHash) {
    return Optional.ofNullable(stored.getOrDefault(schema, Map.of()).get(contentHash));
  }

  /**
   * Takes an item; it is listed when the segment is full or old enough, or at {@link #flush}.
   *
   * @throws IllegalArgumentException when it does not fit the schema or its content is stored
   *     already
   * @throws StoreException when a segment cannot be written
   */
  public void append(SegmentSchema schema, ItemRecord item) {
    checkFits(schema, item);
    if (failed) {
      throw new StoreException(
          "The store "
              + folder
              + " could not be written before; nothing more is stored in this run.");
    }
    if (!schema.equals(pendingSchema)) {
      flush();
      pendingSchema = schema;
    }
    if (pending.isEmpty()) {
      pendingSinceNs = clockNs.getAsLong();
    }
    Map<String, StoredItem> known = stored.computeIfAbsent(schema, key -> new HashMap<>());
    if (known.putIfAbsent(item.contentHash(), StoredItem.of(item)) != null) {
      throw new IllegalArgumentException("the content of " + item.id() + " is stored already");
    }
    pending.add(item);
    pendingBytes += item.sizeBytes();
    boolean old = clockNs.getAsLong() - pendingSinceNs >= settings.maxSegmentAge().toNanos();
    if (old
        || pending.size() >= settings.maxSegmentItems()
        || pendingBytes >= settings.maxSegmentBytes()) {
      flush();
    }
  }

  private static void checkFits(SegmentSchema schema, ItemRecord item) {
    if (item.tokens().length != schema.tokensPerImage()
        || item.feature().length != schema.featureDimension()) {
      throw new IllegalArgumentException(
          item.id()
              + " has "
              + item.tokens().length
              + " tokens and "
              + item.feature().length
              + " feature values; the schema says "
              + schema.tokensPerImage()
              + " and "
              + schema.featureDimension());
    }
  }

  /** Notes an item put aside. */
  public void quarantine(Quarantined item) {
    ledger.quarantine(item);
  }

  /** Bytes of items taken and not yet listed. */
  public long pendingBytes() {
    return pendingBytes;
  }

  /**
   * Publishes what was taken as a segment; does nothing if there is nothing.
   *
   * @throws StoreException when it cannot be written; nothing of it is listed then
   */
  public void flush() {
    if (pending.isEmpty() || failed) {
      return;
    }
    failed =
        true; // until it went well: a store that could not write must not go on with later items
    publish();
    failed = false;
    pending.clear();
    pendingBytes = 0;
  }

  private void publish() {
    byte[] bytes = SegmentWriter.encode(pendingSchema, pending);
    String sha256 = Sha256.hex(bytes);
    int number = ledger.segments().size();
    String name =
        String.format(Locale.ROOT, "segment-%06d-%s%s", number, sha256.substring(0, 8), SEGMENT);
    Path file = folder.resolve(name);
    Path temporary = folder.resolve(name + TEMPORARY);
    try {
      disk.write(temporary, bytes);
      disk.rename(temporary, file);
    } catch (IOException error) {
      remove(temporary);
      remove(file);
      throw cannotWrite(file, bytes.length, error);
    }
    List<StoredItem> items = pending.stream().map(StoredItem::of).toList();
    ledger.publish(new SegmentRecord(number, name, sha256, bytes.length, pendingSchema, items));
  }

  private void remove(Path file) {
    try {
      disk.delete(file);
    } catch (IOException left) {
      // not listed, so it does not exist; the next writer removes it
    }
  }

  /** The sentence for a file that cannot be written. */
  static StoreException cannotWrite(Path file, long bytes, IOException error) {
    String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    boolean full = text.contains("no space left") || text.contains("quota exceeded");
    String sentence =
        full
            ? "No space left for "
                + file
                + " ("
                + bytes
                + " bytes): free some space and run the same command again; everything listed before is kept."
            : "Cannot write "
                + file
                + " ("
                + error
                + "): repair that and run the same command again; everything listed before is kept.";
    return new StoreException(sentence, error);
  }

  /** Publishes what is pending and lets another writer in. */
  @Override
  public void close() {
    try {
      flush();
    } finally {
      try {
        ledger.close();
      } finally {
        close(lockFile);
      }
    }
  }
}
