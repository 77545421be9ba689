package io.hybnext.model.decoder;

import java.util.List;

/**
 * Sequences of token ids, each of its own length, and what each position shall have been predicted
 * as. A network pads on the right and shifts inside: position p predicts label p + 1. Arrays are
 * shared, not copied.
 *
 * @param ids (B) token ids
 * @param labels (B) as long as the ids; {@link #IGNORED} where nothing is learned
 */
public record TokenSequences(List<int[]> ids, List<int[]> labels) implements DecoderInput {
  /** Label of a token that the loss leaves out. */
  public static final int IGNORED = -100;

  /** Checks the lengths. */
  public TokenSequences {
    ids = List.copyOf(ids);
    labels = List.copyOf(labels);
    if (ids.size() != labels.size()) {
      throw new IllegalArgumentException(
          ids.size() + " sequences have labels of " + labels.size() + " sequences");
    }
    for (int row = 0; row < ids.size(); row++) {
      if (ids.get(row).length != labels.get(row).length) {
        throw new IllegalArgumentException(
            String.format(
                "sequence %d has %d tokens and %d labels",
                row, ids.get(row).length, labels.get(row).length));
      }
    }
  }

  @Override
  public int batchSize() {
    return ids.size();
  }

  /** Tokens of the longest sequence. */
  public int longest() {
    return ids.stream().mapToInt(row -> row.length).max().orElse(0);
  }
}
