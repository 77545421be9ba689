package io.hybnext.model.qwen;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.ModelWeights;
import java.util.ArrayList;
import java.util.List;

/**
 * What kernels with {@link QwenBackbone#cachedText} take besides the new ids: weights of the
 * blocks, keys and values so far, rotary table and padding. R = rows, L = longest sequence. Arrays
 * belong to the scope given.
 *
 * @param blocks weights of each block
 * @param caches keys and values (R, G, L, headDim) of each block in turn
 * @param turns (R, L, headDim)
 * @param open (R, L), 0, or -1e30 where a column is padding
 */
public record QwenCache(List<Array> blocks, List<Array> caches, Array turns, Array open) {
  private static final float CLOSED = -1e30f;

  /**
   * An empty cache.
   *
   * @param computed type of the arithmetic, which keys and values are kept in
   * @param padding columns to the left of each row's first symbol, R of them
   * @param length longest sequence L, padding included
   */
  public static QwenCache open(
      Scope scope,
      QwenConfig config,
      QwenBackbone backbone,
      ModelWeights weights,
      Precision computed,
      int[] padding,
      int length) {
    List<Array> blocks = new ArrayList<>();
    List<Array> caches = new ArrayList<>();
    long[] shape = {padding.length, config.kvHeads(), length, config.headDim()};
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(weights.working(weights.layout().blockBucket(layer)));
      caches.add(scope.zeros(computed.elementType(), shape));
      caches.add(scope.zeros(computed.elementType(), shape));
    }
    int[][] positions = new int[padding.length][length];
    float[] open = new float[padding.length * length];
    for (int row = 0; row < padding.length; row++) {
      for (int column = 0; column < length; column++) {
        positions[row][column] = Math.max(0, column - padding[row]);
        open[row * length + column] = column < padding[row] ? CLOSED : 0;
      }
    }
    Array columns = scope.floats(open, padding.length, length);
    return new QwenCache(
        List.copyOf(blocks),
        List.copyOf(caches),
        backbone.turns(scope, positions),
        CoreKernels.of(scope.engine()).cast(scope, columns, computed.elementType()));
  }
}
