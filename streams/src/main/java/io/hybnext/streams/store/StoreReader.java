package io.hybnext.streams.store;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Reads items of a store's listed segments. Segments are mapped and checked when first asked for.
 * Thread-safe; works beside a writer, whose later segments it sees after a {@link #refresh}.
 */
public final class StoreReader implements AutoCloseable {
  private final Path folder;
  private final FileLedger.Contents read = new FileLedger.Contents();
  private volatile List<SegmentRecord> segments;
  private final BufferAllocator allocator = new RootAllocator();
  private final Map<Integer, MappedSegment> mapped = new HashMap<>();

  /**
   * A reader of the segments listed now.
   *
   * @throws StoreException when the ledger cannot be read
   */
  public StoreReader(Path folder) {
    this.folder = folder;
    refresh();
  }

  /** Listed segments, in order. */
  public List<SegmentRecord> segments() {
    return segments;
  }

  /**
   * Lists the segments that came since, behind those that are listed; nothing else of the ledger is
   * read again.
   *
   * @throws StoreException when the ledger cannot be read
   */
  public final void refresh() {
    synchronized (read) {
      FileLedger.readOn(folder.resolve(FileLedger.FILE), read);
      read.aside.clear(); // of no use here
      segments = List.copyOf(read.segments);
    }
  }

  /** Codebook indices of an item, raster order; the caller's own copy. */
  public int[] tokens(int segment, int row) {
    return mapped(segment).tokens(row);
  }

  /** Global feature of an item; the caller's own copy. */
  public float[] feature(int segment, int row) {
    return mapped(segment).feature(row);
  }

  /** Bytes that tokens, feature and caption of an item take on the heap. */
  public long sampleBytes(int segment, int row) {
    return mapped(segment).sampleBytes(row);
  }

  /** Caption of an item. */
  public String caption(int segment, int row) {
    return mapped(segment).caption(row);
  }

  /** A whole item; the caller's own copy. */
  public ItemRecord item(int segment, int row) {
    return mapped(segment).item(row);
  }

  private synchronized MappedSegment mapped(int segment) {
    return mapped.computeIfAbsent(
        segment, number -> MappedSegment.open(folder, segments.get(number), allocator));
  }

  /** Lets go of all segments; nothing may be read any more. */
  @Override
  public synchronized void close() {
    mapped.values().forEach(MappedSegment::close);
    mapped.clear();
    allocator.close();
  }
}
