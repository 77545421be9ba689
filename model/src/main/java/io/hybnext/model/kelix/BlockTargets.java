package io.hybnext.model.kelix;

import java.util.Arrays;
import java.util.List;

/**
 * What the rows of a batch predict: labels with their weights, shifted by one block. Source:
 * spec/kelix.md section 5.4. n = rows that predict, N = codes a block.
 *
 * @param where (n) number of each row among all B times S
 * @param next (n)(N) ids that the block decoder is fed: codes of the next row, or its symbol N
 *     times
 * @param labels (n)(N + 1), -100 where nothing counts
 * @param weights (n)(N + 1), 0 where nothing counts
 * @param visual (n) whether the next row is a visual block
 */
record BlockTargets(long[] where, long[] next, long[] labels, float[] weights, boolean[] visual) {
  static final long IGNORED = -100;

  /** Of every row of one sequence, the last one's next row being the first. */
  static BlockTargets everyRow(NbpConfig config, BlockSequence sequence) {
    int length = sequence.length();
    Builder builder = new Builder(config, length);
    for (int p = 0; p < length; p++) {
      boolean last = p == length - 1;
      int next = last ? 0 : p + 1;
      builder.add(p, sequence.rows()[next], !last && sequence.target()[next]);
    }
    return builder.build();
  }

  /**
   * Of the rows before targets.
   *
   * @param length of the longest sequence, S
   */
  static BlockTargets of(NbpConfig config, List<BlockSequence> sequences, int length) {
    int count = 0;
    for (BlockSequence sequence : sequences) {
      for (int p = 1; p < sequence.length(); p++) {
        count += sequence.target()[p] ? 1 : 0;
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException("a batch of blocks without anything to predict");
    }
    Builder builder = new Builder(config, count);
    for (int sample = 0; sample < sequences.size(); sample++) {
      BlockSequence sequence = sequences.get(sample);
      for (int p = 1; p < sequence.length(); p++) {
        if (sequence.target()[p]) {
          builder.add((long) sample * length + p - 1, sequence.rows()[p], true);
        }
      }
    }
    return builder.build();
  }

  /** Number of rows n. */
  int rows() {
    return where.length;
  }

  /** Labels that count. */
  long count() {
    return Arrays.stream(labels).filter(label -> label != IGNORED).count();
  }

  private static final class Builder {
    private final NbpConfig config;
    private final long[] where;
    private final long[] next;
    private final long[] labels;
    private final float[] weights;
    private final boolean[] visual;
    private int at;

    Builder(NbpConfig config, int rows) {
      this.config = config;
      int codes = config.codes();
      where = new long[rows];
      next = new long[rows * codes];
      labels = new long[rows * (codes + 1)];
      weights = new float[rows * (codes + 1)];
      visual = new boolean[rows];
    }

    /** The row at a place predicts the one given; labels count up to the first end of block. */
    void add(long place, int[] row, boolean target) {
      int codes = config.codes();
      where[at] = place;
      visual[at] = config.visual(row[0]);
      for (int j = 0; j < codes; j++) {
        next[at * codes + j] = visual[at] ? row[j] : row[0];
      }
      float weight = (2 + codes + 1) / 2f / (visual[at] ? codes + 1 : 2);
      int ends = 0;
      for (int j = 0; j <= codes; j++) {
        ends += row[j] == config.symbols().endOfBlock() ? 1 : 0;
        boolean counts = target && ends <= 1;
        labels[at * (codes + 1) + j] = counts ? row[j] : IGNORED;
        weights[at * (codes + 1) + j] = counts ? weight : 0;
      }
      at++;
    }

    BlockTargets build() {
      return new BlockTargets(where, next, labels, weights, visual);
    }
  }
}
