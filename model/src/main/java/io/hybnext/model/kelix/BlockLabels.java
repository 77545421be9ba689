package io.hybnext.model.kelix;

import java.util.Arrays;

/**
 * Labels of a sequence and their weights in the loss, shifted by one block. Source: spec/kelix.md
 * section 5.4.
 *
 * @param ids (L - 1) (N + 1), -100 where nothing counts
 * @param weights (L - 1) (N + 1), 0 where nothing counts
 */
public record BlockLabels(long[] ids, float[] weights) {

  /** The labels of one sequence. */
  public static BlockLabels of(NbpConfig config, BlockSequence sequence) {
    BlockTargets every = BlockTargets.everyRow(config, sequence);
    int length = (sequence.length() - 1) * (config.codes() + 1); // the last row predicts nothing
    return new BlockLabels(
        Arrays.copyOf(every.labels(), length), Arrays.copyOf(every.weights(), length));
  }
}
