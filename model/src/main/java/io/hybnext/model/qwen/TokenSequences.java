package io.hybnext.model.qwen;

import io.hybnext.model.decoder.DecoderInput;
import java.util.List;

/**
 * Sequences of one length for a language model. Arrays are shared, not copied.
 *
 * @param ids (B)(S)
 * @param labels (B)(S), not shifted; {@link #IGNORED} where nothing is predicted
 * @param padding (B) positions to the left of each sequence's first symbol, which nothing sees;
 *     rotary positions start behind them
 */
public record TokenSequences(List<int[]> ids, List<int[]> labels, int[] padding)
    implements DecoderInput {
  /** A label that does not count. */
  public static final int IGNORED = -100;

  /**
   * Checks that all have the same length.
   *
   * @throws IllegalArgumentException when they have not
   */
  public TokenSequences {
    ids = List.copyOf(ids);
    labels = List.copyOf(labels);
    int length = ids.isEmpty() ? 0 : ids.get(0).length;
    boolean even =
        ids.size() == labels.size()
            && ids.size() == padding.length
            && ids.stream().allMatch(row -> row.length == length)
            && labels.stream().allMatch(row -> row.length == length);
    if (!even || length < 2) {
      throw new IllegalArgumentException(
          "sequences of a batch: want ids, labels and padding of the same number of rows, all of"
              + " one length of at least 2");
    }
  }

  /** Sequences without padding. */
  public TokenSequences(List<int[]> ids, List<int[]> labels) {
    this(ids, labels, new int[ids.size()]);
  }

  @Override
  public int batchSize() {
    return ids.size();
  }

  /** Length S of all of them. */
  public int length() {
    return ids.get(0).length;
  }
}
