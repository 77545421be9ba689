package io.hybnext.streams.store;

import io.hybnext.file.Disk;
import io.hybnext.file.Sha256;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.item.SourcePosition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

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
  private final Path folder;
  private final StoreSettings settings;
  private final SegmentFiles files;
  private final LongSupplier clockNs;
  private final StoreLock lock;
  private final Ledger ledger;
  private final Map<SegmentSchema, Map<String, StoredItem>> stored = new HashMap<>();
  private final List<ItemRecord> pending = new ArrayList<>();
  private final Map<String, SourcePosition> reached = new LinkedHashMap<>();
  private SegmentSchema pendingSchema;
  private long pendingBytes;
  private long pendingSinceNs;
  private boolean failed;

  private SegmentStore(
      Path folder,
      StoreSettings settings,
      SegmentFiles files,
      LongSupplier clockNs,
      StoreLock lock,
      Ledger ledger) {
    this.folder = folder;
    this.settings = settings;
    this.files = files;
    this.clockNs = clockNs;
    this.lock = lock;
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
    return open(folder, settings, Disk.LOCAL, System::nanoTime);
  }

  /**
   * The same with another ledger in front of the store's own.
   *
   * @param mirror gives it; what it throws lets the store go again
   */
  public static SegmentStore open(
      Path folder, StoreSettings settings, UnaryOperator<Ledger> mirror) {
    return open(folder, settings, Disk.LOCAL, System::nanoTime, mirror);
  }

  /** The same on a disk and with a clock of the caller's. */
  public static SegmentStore open(
      Path folder, StoreSettings settings, Disk disk, LongSupplier clockNs) {
    return open(folder, settings, disk, clockNs, ledger -> ledger);
  }

  private static SegmentStore open(
      Path folder,
      StoreSettings settings,
      Disk disk,
      LongSupplier clockNs,
      UnaryOperator<Ledger> mirror) {
    StoreLock lock = StoreLock.take(folder);
    try {
      FileLedger ledger = FileLedger.open(folder, disk);
      SegmentFiles files = new SegmentFiles(folder, disk);
      files.removeUnlisted(ledger.segments());
      return new SegmentStore(folder, settings, files, clockNs, lock, mirror.apply(ledger));
    } catch (RuntimeException error) {
      lock.close();
      throw error;
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
    ledger.arrived(schema, StoredItem.of(item));
    pending.add(item);
    pendingBytes += item.sizeBytes();
    if (isOld()
        || pending.size() >= settings.maxSegmentItems()
        || pendingBytes >= settings.maxSegmentBytes()) {
      flush();
    }
  }

  private boolean isOld() {
    return clockNs.getAsLong() - pendingSinceNs >= settings.maxSegmentAge().toNanos();
  }

  /** {@link #flush} when the first item taken has waited for as long as it may. */
  public void flushIfOld() {
    if (!pending.isEmpty() && isOld()) {
      flush();
    }
  }

  /**
   * Notes how far a source was followed: with the next segment, in one entry, if items of it are
   * pending, otherwise at once.
   *
   * @throws StoreException when it cannot be written
   */
  public void position(SourcePosition position) {
    reached.put(position.source(), position);
    if (pending.isEmpty() && !failed) {
      ledger.follow(List.copyOf(reached.values()));
      reached.clear();
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
    failed = true; // until it went well: a store that could not write takes no later items
    publish();
    failed = false;
    pending.clear();
    pendingBytes = 0;
  }

  private void publish() {
    byte[] bytes = SegmentWriter.encode(pendingSchema, pending);
    String sha256 = Sha256.hex(bytes);
    int number = ledger.segments().size();
    String name = files.publish(number, sha256, bytes);
    List<StoredItem> items = pending.stream().map(this::listed).toList();
    ledger.publish(
        new SegmentRecord(number, name, sha256, bytes.length, pendingSchema, items),
        List.copyOf(reached.values()));
    reached.clear();
  }

  private StoredItem listed(ItemRecord item) {
    StoredItem listed = StoredItem.of(item);
    return ledger.isAside(item.path()) ? listed.from(item.path()) : listed;
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
        lock.close();
      }
    }
  }
}
