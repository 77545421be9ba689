package io.hybnext.model.qwen;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.DecoderKernels;
import io.hybnext.model.decoder.HalfRotary;
import java.util.Optional;

/**
 * The calls that every network with a Qwen3 backbone shares, over kernels that begin with {@link
 * #text}. Holds no weights. B = batch, S = positions, D = width. Used by one thread at a time.
 */
public final class QwenBackbone {
  private static final float CLOSED = -1e30f;

  private final QwenConfig config;
  private final KernelModule kernels;

  /** Calls of this network's kernels; does not take them over. */
  public QwenBackbone(QwenConfig config, KernelModule kernels) {
    this.config = config;
    this.kernels = kernels;
  }

  /**
   * The methods of {@code decoder.ts} and {@code qwen.ts} for one network.
   *
   * @param stored type of weights and of what goes from call to call
   * @param computed type of everything inside a call
   */
  public static KernelSource text(QwenConfig config, Precision stored, Precision computed) {
    return DecoderKernels.source(stored, computed, config.normEps())
        .followedBy(KernelSource.resource(QwenBackbone.class, "qwen.ts"))
        .with("dim", config.hiddenSize())
        .with("vocab", config.vocabSize())
        .with("heads", config.heads())
        .with("kv_heads", config.kvHeads())
        .with("rows", config.heads() + 2 * config.kvHeads())
        .with("head_dim", config.headDim())
        .with("attention", config.heads() * config.headDim())
        .with("block_sizes", QwenLayout.blockSizes(config));
  }

  /** The methods of {@code cached.ts}, to follow {@link #text}. */
  public static KernelSource cachedText(QwenConfig config) {
    return KernelSource.resource(QwenBackbone.class, "cached.ts").with("layers", config.layers());
  }

  /**
   * Rotary rows of positions, as {@link HalfRotary} orders them.
   *
   * @param positions (rows)(S)
   * @return (rows, S, headDim) fp32
   */
  public Array turns(Scope scope, int[][] positions) {
    int width = config.headDim();
    int length = positions[0].length;
    float[] every = HalfRotary.table(length, width, config.ropeTheta());
    float[] table = new float[positions.length * length * width];
    for (int i = 0; i < positions.length * length; i++) {
      int position = positions[i / length][i % length];
      System.arraycopy(every, position * width, table, i * width, width);
    }
    return scope.floats(table, positions.length, length, width);
  }

  /** The positions 0 to length - 1, for every row of a batch: (length, headDim). */
  public Array turns(Scope scope, int length) {
    float[] table = HalfRotary.table(length, config.headDim(), config.ropeTheta());
    return scope.floats(table, length, config.headDim());
  }

  /**
   * The mask of sequences that lie one behind the other in a row: causal, and attention stays in a
   * sequence.
   *
   * @param document (rows)(S) number of the sequence of each position; -1 for padding, which sees
   *     itself alone
   * @return (rows, 1, S, S) of 0 and -1e30 in the type of the arithmetic
   */
  public Array documentMask(Scope scope, int[][] document) {
    int length = document[0].length;
    float[] mask = new float[document.length * length * length];
    int at = 0;
    for (int[] row : document) {
      for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) {
          boolean open = j == i || (j < i && row[i] == row[j] && row[i] >= 0);
          mask[at++] = open ? 0 : CLOSED;
        }
      }
    }
    try (Array wide = scope.floats(mask, document.length, 1, length, length)) {
      return kernels.call(scope, "as_computed", wide);
    }
  }

  /** Rows (B, S, D) of the embedding table; ids are (B, S) int64. */
  public Array embed(Scope scope, Array flat, Array ids) {
    return kernels.call(scope, "embed", flat, ids);
  }

  /**
   * One block.
   *
   * @param x (B, S, D)
   * @param flat weights of its bucket
   * @param turns as {@link #turns} gives them, for one row or B
   * @param mask as {@link #documentMask} gives it; empty for causal
   * @return the residual stream behind the block, (B, S, D)
   */
  public Array block(Scope scope, Array x, Array flat, Array turns, Optional<Array> mask) {
    return mask.isEmpty()
        ? kernels.call(scope, "block", x, flat, turns)
        : kernels.call(scope, "block_masked", x, flat, turns, mask.get());
  }
}
