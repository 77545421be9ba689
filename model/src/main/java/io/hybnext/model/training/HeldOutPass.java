package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.transformer.ModelWeights;
import io.hybnext.model.transformer.NetworkInputs;
import io.hybnext.model.transformer.ParameterLayout;
import io.hybnext.model.transformer.SequenceShape.RepPlace;
import io.hybnext.model.transformer.Transformer;
import java.util.Optional;

/** A forward pass without dropout that measures both losses. Lives for one batch. */
final class HeldOutPass {
  private final BlockwisePass.Parts parts;
  private final Transformer network;
  private final ModelWeights weights;
  private final Scope scope;
  private final NetworkInputs inputs;
  private final int blocks;

  HeldOutPass(BlockwisePass.Parts parts, Scope scope, NetworkInputs inputs) {
    this.parts = parts;
    this.network = parts.network();
    this.weights = parts.weights();
    this.scope = scope;
    this.inputs = inputs;
    this.blocks = network.config().nLayer();
  }

  /**
   * Measures the batch.
   *
   * @param features (B, E) of the images; empty when no position is aligned
   */
  Evaluation run(Array targets, Optional<Array> features) {
    Array projector = weights.working(2 + blocks);
    Array head = weights.working(1 + blocks);
    int aligned = parts.arra().layer().blockIn(blocks);
    double gva = Double.NaN;
    Array x = embed(projector);
    for (int block = 0; block < blocks; block++) {
      Array next = network.block(scope, inputs, block, x, weights.working(1 + block));
      x.close();
      x = next;
      if (block + 1 == aligned && features.isPresent()) {
        boolean normed = parts.arra().layer().normed();
        Array states = normed ? network.finalNorm(scope, x, head) : x;
        gva = parts.alignment().gva(scope, states, projector, features.get(), parts.shape()).item();
      }
    }
    float[] losses =
        network.tokenLosses(scope, x, head, targets, parts.shape().firstPredicting()).toFloats();
    return summed(losses, gva);
  }

  private Array embed(Array projector) {
    Optional<Array> rep =
        parts.shape().repPlace() == RepPlace.NONE
            ? Optional.empty()
            : Optional.of(parts.alignment().rep(scope, projector));
    Optional<Array> unconditional =
        Optional.ofNullable(weights.frozen(ParameterLayout.UNCONDITIONAL));
    return network.input(scope, inputs, weights.working(0), unconditional, parts.shape(), rep);
  }

  private Evaluation summed(float[] losses, double gva) {
    int grid = network.config().gridSize();
    double[] byRow = new double[grid];
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      byRow[i % (grid * grid) / grid] += losses[i];
      sum += losses[i];
    }
    for (int row = 0; row < grid; row++) {
      byRow[row] /= losses.length / (double) grid;
    }
    return new Evaluation(sum / losses.length, byRow, gva, losses.length);
  }
}
