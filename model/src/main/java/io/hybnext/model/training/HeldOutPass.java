package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.TokenLosses;
import java.util.Optional;

/** A forward pass without dropout that measures both losses. Lives for one batch. */
final class HeldOutPass {
  private final BlockwisePass.Parts parts;
  private final Scope scope;
  private final DecoderPass pass;

  HeldOutPass(BlockwisePass.Parts parts, Scope scope, DecoderPass pass) {
    this.parts = parts;
    this.scope = scope;
    this.pass = pass;
  }

  /**
   * Measures the batch.
   *
   * @param features (B, E) of the images; empty when no position is aligned
   */
  Evaluation run(Optional<Array> features) {
    BucketArrays weights = parts.weights().working(scope);
    ParameterLayout layout = parts.weights().network().layout();
    int blocks = layout.blocks();
    int aligned = parts.arra().layer().blockIn(blocks);
    double gva = Double.NaN;
    Array x = pass.embed(weights);
    for (int block = 0; block < blocks; block++) {
      Array weight = weights.block(block);
      Array next = pass.block(block, x, weight);
      weights.release(layout.blockBucket(block), weight);
      x.close();
      x = next;
      if (block + 1 == aligned && features.isPresent() && !pass.aligned().none()) {
        boolean normed = parts.arra().layer().normed();
        Array states = normed ? pass.finalNorm(x, weights.head()) : x;
        Array projector = weights.projector();
        gva =
            parts.alignment().gva(scope, states, projector, features.get(), pass.aligned()).item();
      }
    }
    return summed(pass.tokenLosses(x, weights), gva);
  }

  private static Evaluation summed(TokenLosses losses, double gva) {
    double[] byRow = new double[losses.rows()];
    long[] inRow = new long[losses.rows()];
    double sum = 0;
    for (int i = 0; i < losses.nats().length; i++) {
      int row = losses.row()[i];
      if (row >= 0) {
        byRow[row] += losses.nats()[i];
        inRow[row]++;
      }
      sum += losses.nats()[i];
    }
    for (int row = 0; row < byRow.length; row++) {
      byRow[row] /= inRow[row];
    }
    return new Evaluation(sum / losses.nats().length, byRow, gva, losses.nats().length);
  }
}
