package io.hybnext.streams.batch;

import java.util.List;

/**
 * Names a {@link DataSnapshot} so that it can be opened again, here or elsewhere, after the store
 * has grown: plain values, for settings, messages and checkpoints.
 *
 * @param tokenizer fingerprint of the image tokenizer
 * @param encoder fingerprint of the feature encoder
 * @param splits which items take part
 * @param segments how many of the store's segments, from the first, are in it
 * @param items how many items it has
 * @param fingerprint SHA-256 over all of its items, hex
 */
public record SnapshotId(
    String tokenizer,
    String encoder,
    List<String> splits,
    int segments,
    long items,
    String fingerprint) {

  /** Copies the list. */
  public SnapshotId {
    splits = List.copyOf(splits);
  }
}
