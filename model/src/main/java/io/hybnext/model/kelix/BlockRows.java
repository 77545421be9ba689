package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import java.util.List;

/**
 * Rows of blocks as the block encoder reads them: the sum of the symbols before the first {@code
 * <eob>}; a text row's symbol stands in every slot. Source: spec/kelix.md section 5.1.
 *
 * @param ids (B, L, N) int64
 * @param counted (B, L, N) fp32, 1 where the slot is part of the sum
 */
record BlockRows(Array ids, Array counted) {

  /** Moves rows to the device; shorter sequences are filled up with blocks of nothing. */
  static BlockRows of(Scope scope, NbpConfig config, List<int[][]> sequences, int length) {
    int codes = config.codes();
    long[] ids = new long[sequences.size() * length * codes];
    float[] counted = new float[ids.length];
    for (int b = 0; b < sequences.size(); b++) {
      int[][] rows = sequences.get(b);
      for (int p = 0; p < rows.length; p++) {
        boolean visual = config.visual(rows[p][0]);
        int at = (b * length + p) * codes;
        for (int j = 0; j < codes && rows[p][j] != config.symbols().endOfBlock(); j++) {
          ids[at + j] = visual ? rows[p][j] : rows[p][0];
          counted[at + j] = 1;
        }
      }
    }
    return new BlockRows(
        scope.longs(ids, sequences.size(), length, codes),
        scope.floats(counted, sequences.size(), length, codes));
  }
}
