package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import java.util.Arrays;

/** Which of the positions of a batch are aligned. */
public sealed interface AlignedPositions {

  /** Whether no sample of the batch has any. */
  boolean none();

  /**
   * The same positions of every sample, which follow one another.
   *
   * @param first position
   * @param count of positions
   */
  record Range(long first, long count) implements AlignedPositions {

    @Override
    public boolean none() {
      return count == 0;
    }

    /** Both numbers on the device, (2) int64. */
    public Array array(Scope scope) {
      return scope.longs(new long[] {first, count}, 2);
    }
  }

  /**
   * Positions of each sample's own. Samples without any do not count.
   *
   * @param flat number of each position among all B times S of the batch
   * @param sample that each position belongs to
   * @param weight of each position: one over the number of positions of its sample and over the
   *     number of samples that have any, so that all weights add up to 1
   */
  record Rows(long[] flat, long[] sample, float[] weight) implements AlignedPositions {

    @Override
    public boolean none() {
      return flat.length == 0;
    }

    /** Numbers of the positions above those of their samples, (2, M) int64. */
    public Array array(Scope scope) {
      long[] both = Arrays.copyOf(flat, 2 * flat.length);
      System.arraycopy(sample, 0, both, flat.length, flat.length);
      return scope.longs(both, 2, flat.length);
    }
  }
}
