package io.hybnext.model.lumina;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.HalfRotary;
import io.hybnext.model.decoder.ModelWeights;
import java.util.ArrayList;
import java.util.List;

/** A Chameleon with keys and values of what it was fed. Lives in the scope given. */
final class CachedDecoder {
  private final KernelModule kernels;
  private final Array embeddings;
  private final Array head;
  private final Array table;
  private final Array closed;
  private final List<Array> blocks = new ArrayList<>();
  private final List<Array> caches = new ArrayList<>();
  private int slot;

  CachedDecoder(
      Scope scope,
      KernelModule kernels,
      ChameleonConfig config,
      Precision precision,
      ModelWeights weights,
      int rows,
      int slots) {
    this.kernels = kernels;
    this.embeddings = weights.working(0);
    this.head = weights.working(weights.layout().headBucket());
    for (int block = 0; block < config.numHiddenLayers(); block++) {
      blocks.add(weights.working(weights.layout().blockBucket(block)));
      for (int i = 0; i < 2; i++) {
        caches.add(
            scope.zeros(
                precision.elementType(),
                rows,
                config.numAttentionHeads(),
                slots,
                config.headDim()));
      }
    }
    float[] rotary = HalfRotary.table(slots, config.headDim(), config.ropeTheta());
    this.table = scope.floats(rotary, slots, config.headDim());
    this.closed = scope.bytes(config.vocabulary().imageMask(), config.vocabulary().size());
  }

  /**
   * Feeds the next tokens of every row.
   *
   * @param ids (R)(S)
   * @param first (R) first slot that each row sees
   * @return logits of the last position, (R, V) fp32
   */
  Array feed(Scope scope, long[][] ids, long[] first) {
    int count = ids[0].length;
    long[] flat = new long[ids.length * count];
    for (int row = 0; row < ids.length; row++) {
      System.arraycopy(ids[row], 0, flat, row * count, count);
    }
    try (Array fed = scope.longs(flat, ids.length, count);
        Array begin = scope.longs(first, first.length);
        Array at = scope.longs(new long[] {slot})) {
      slot += count;
      return kernels.call(
          scope, "feed", fed, begin, at, embeddings, head, blocks, caches, table, closed);
    }
  }
}
