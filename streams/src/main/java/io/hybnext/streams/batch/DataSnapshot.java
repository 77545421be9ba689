package io.hybnext.streams.batch;

import io.hybnext.file.Sha256;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoreException;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoredItem;
import io.hybnext.streams.store.Withdrawals;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The items of a store that a run trains on, numbered from 0 in the order in which they were
 * stored. Later segments do not change it.
 *
 * <p>The fingerprint covers what training sees, in order: fingerprints of tokenizer and encoder,
 * and id, content hash, caption hash and split of every item. It does not depend on where one
 * segment ends and the next begins, so two ingestions of the same images give the same snapshot.
 */
public final class DataSnapshot {
  private static final String FORMAT = "hybnext-snapshot-1";

  private final SnapshotId id;
  private final int[] segmentOf;
  private final int[] rowOf;
  private final Sha256 digest; // of all of it; copied, never ended
  private final int hashed;

  private DataSnapshot(SnapshotId id, int[] segmentOf, int[] rowOf, Sha256 digest, int hashed) {
    this.id = id;
    this.segmentOf = segmentOf;
    this.rowOf = rowOf;
    this.digest = digest;
    this.hashed = hashed;
  }

  /**
   * The snapshot of what is listed.
   *
   * @param segments as the store lists them
   * @param tokenizer fingerprint wanted
   * @param encoder fingerprint wanted
   * @param splits which items take part, at least one split
   * @throws StoreException when no item is left
   */
  public static DataSnapshot of(
      List<SegmentRecord> segments, String tokenizer, String encoder, List<String> splits) {
    Sha256 digest = new Sha256();
    add(digest, FORMAT, tokenizer, encoder, ImageFit.VERSION);
    SnapshotId nothing = new SnapshotId(tokenizer, encoder, splits, 0, 0, "");
    return new DataSnapshot(nothing, new int[0], new int[0], digest, 0).grown(segments);
  }

  /**
   * The snapshot with what was stored since; reads the new segments alone.
   *
   * @param segments as the store lists them now, those of this snapshot first
   * @throws StoreException when no item is in it, or the store lost something
   */
  public DataSnapshot grown(List<SegmentRecord> segments) {
    requireSegments(segments, id);
    List<SegmentRecord> later = segments.subList(id.segments(), segments.size());
    int capacity =
        segmentOf.length + later.stream().mapToInt(segment -> segment.items().size()).sum();
    int[] segmentNow = Arrays.copyOf(segmentOf, capacity);
    int[] rowNow = Arrays.copyOf(rowOf, capacity);
    int count = segmentOf.length;
    Sha256 now = digest.copy();
    for (SegmentRecord segment : later) {
      if (!matches(segment.schema(), id.tokenizer(), id.encoder())) {
        continue;
      }
      for (int row = 0; row < segment.items().size(); row++) {
        StoredItem item = segment.items().get(row);
        if (id.splits().contains(item.split())) {
          add(now, item.id(), item.contentHash(), item.captionHash(), item.split());
          segmentNow[count] = segment.number();
          rowNow[count++] = row;
        }
      }
    }
    if (count == 0) {
      throw new StoreException(
          "The store has no item of the splits "
              + id.splits()
              + " for tokenizer "
              + id.tokenizer()
              + " and encoder "
              + id.encoder()
              + " among its "
              + capacity
              + " items: ingest images of these splits first.");
    }
    SnapshotId named =
        new SnapshotId(
            id.tokenizer(), id.encoder(), id.splits(), segments.size(), count, now.copy().hex());
    return new DataSnapshot(
        named,
        Arrays.copyOf(segmentNow, count),
        Arrays.copyOf(rowNow, count),
        now,
        count - segmentOf.length);
  }

  /**
   * The same, and it must be a named one.
   *
   * @throws StoreException when the store is not the one, or lost something
   */
  public DataSnapshot grown(List<SegmentRecord> segments, SnapshotId wanted) {
    requireSegments(segments, wanted);
    return grown(segments.subList(0, wanted.segments())).checked(wanted);
  }

  /**
   * Opens a named snapshot again.
   *
   * @param segments as the store lists them now
   * @throws StoreException when the store is not the one, or lost something
   */
  public static DataSnapshot reopen(List<SegmentRecord> segments, SnapshotId id) {
    requireSegments(segments, id);
    return of(segments.subList(0, id.segments()), id.tokenizer(), id.encoder(), id.splits())
        .checked(id);
  }

  private static void requireSegments(List<SegmentRecord> segments, SnapshotId id) {
    if (segments.size() < id.segments()) {
      throw new StoreException(
          "The store has "
              + segments.size()
              + " segments; the run's data snapshot needs "
              + id.segments()
              + ": point data.store at the store that the run began with.");
    }
  }

  private DataSnapshot checked(SnapshotId wanted) {
    if (!id.equals(wanted)) {
      throw new StoreException(
          "The store's items are not those of the run's data snapshot (fingerprint "
              + id.fingerprint()
              + " instead of "
              + wanted.fingerprint()
              + "): point data.store at the store that the run began with.");
    }
    return this;
  }

  private static boolean matches(SegmentSchema schema, String tokenizer, String encoder) {
    return schema.tokenizer().equals(tokenizer)
        && schema.encoder().equals(encoder)
        && schema.preparation().equals(ImageFit.VERSION);
  }

  private static void add(Sha256 digest, String... texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.add(bytes.length + ":").add(bytes); // no two lists alike
    }
  }

  /** Its name, for messages and checkpoints. */
  public SnapshotId id() {
    return id;
  }

  /** Number of items that were hashed for it: all, or those behind the snapshot that grew. */
  int hashedItems() {
    return hashed;
  }

  /** Number of items. */
  public long size() {
    return segmentOf.length;
  }

  /** Number of the segment that holds an item. */
  public int segment(long item) {
    return segmentOf[Math.toIntExact(item)];
  }

  /** Row of an item in its segment. */
  public int row(long item) {
    return rowOf[Math.toIntExact(item)];
  }

  /**
   * Reads the first items, or the last ones, passing over those that were withdrawn.
   *
   * @param reader of the store that this is a snapshot of
   * @param last from the last one backwards
   * @param most at most so many
   * @return in the snapshot's order
   */
  public List<Sample> samples(StoreReader reader, Withdrawals withdrawals, boolean last, int most) {
    List<Sample> samples = new ArrayList<>();
    for (long i = 0; i < size() && samples.size() < most; i++) {
      long item = last ? size() - 1 - i : i;
      if (!withdrawals.covers(reader.segments().get(segment(item)).items().get(row(item)))) {
        samples.add(sample(reader, item));
      }
    }
    if (last) {
      Collections.reverse(samples);
    }
    return samples;
  }

  /**
   * Reads an item.
   *
   * @param reader of the store that this is a snapshot of
   */
  public Sample sample(StoreReader reader, long item) {
    int segment = segment(item);
    int row = row(item);
    return new Sample(
        item,
        reader.tokens(segment, row),
        reader.caption(segment, row),
        reader.feature(segment, row));
  }
}
