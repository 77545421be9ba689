package io.hybnext.model.chameleon;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HalfRotary;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.TokenLosses;
import java.util.Arrays;

/** One batch of token sequences on its way through Chameleon's decoder. */
public final class ChameleonPass implements DecoderPass {
  private final ChameleonDecoder decoder;
  private final Scope scope;
  private final SequenceBatch batch;
  private final Noise noise;
  private final boolean drop;
  private final KernelModule plain;
  private final Array ids;
  private final Array table;
  private final Array rows;
  private final Array targets;
  private final Array closed;
  private final AlignedPositions aligned;

  ChameleonPass(ChameleonDecoder decoder, Scope scope, SequenceBatch batch, Noise noise) {
    ChameleonConfig config = decoder.config();
    this.decoder = decoder;
    this.scope = scope;
    this.batch = batch;
    this.noise = noise;
    this.drop = noise.on() && config.dropout() > 0;
    this.plain = decoder.kernels(false);
    int length = batch.length();
    this.ids = scope.longs(batch.ids(), batch.batch(), length);
    float[] rotary = HalfRotary.table(length, config.headDim(), config.ropeTheta());
    this.table = scope.floats(rotary, length, config.headDim());
    long[] supervised = batch.rows();
    this.rows = scope.longs(supervised, supervised.length);
    this.targets = scope.longs(batch.targets(), supervised.length);
    this.closed = scope.bytes(config.vocabulary().imageMask(), config.vocabulary().size());
    this.aligned = batch.aligned(decoder.objective().positions());
  }

  @Override
  public long tokens() {
    return targets.size();
  }

  @Override
  public Array embed(BucketArrays weights) {
    return plain.call(scope, "embed", weights.embeddings(), ids);
  }

  @Override
  public Array block(int index, Array x, Array flat) {
    try (Array keys =
        drop ? noise.blockKeys(scope, index) : scope.zeros(ElementType.INT64, 2, batch.batch())) {
      return decoder.kernels(drop).call(scope, "block", x, flat, table, keys);
    }
  }

  @Override
  public Array finalNorm(Array x, Array flat) {
    return plain.call(scope, "final_norm", x, flat);
  }

  /** Logits of every position, (B, S, V) fp32; flat is the head's bucket. */
  public Array logits(Array x, Array flat) {
    return plain.call(scope, "logits", x, flat, closed);
  }

  @Override
  public HeadLoss loss(Array x, BucketArrays weights) {
    Array head = weights.head();
    if (!decoder.objective().zLoss()) {
      Array loss = plain.call(scope, "loss", x, head, rows, targets, closed);
      return new HeadLoss(loss, loss.item(), 0);
    }
    try (Array weight = scope.scalar((float) decoder.objective().zLossWeight())) {
      return HeadLoss.of(plain.callMany(scope, "loss_z", x, head, rows, targets, closed, weight));
    }
  }

  @Override
  public TokenLosses tokenLosses(Array x, BucketArrays weights) {
    Array each = plain.call(scope, "loss_each", x, weights.head(), rows, targets, closed);
    int[] gridRows = batch.gridRows();
    int grid = 1 + Arrays.stream(gridRows).max().orElse(-1);
    return new TokenLosses(each.toFloats(), gridRows, grid);
  }

  @Override
  public AlignedPositions aligned() {
    return aligned;
  }
}
