package io.hybnext.model.transformer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BlockRun;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.HeadRun;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.TokenLosses;
import io.hybnext.model.transformer.SequenceShape.RepPlace;
import java.util.List;
import java.util.Optional;

/** One batch on its way through LlamaGen's transformer. */
final class TransformerPass implements DecoderPass {
  private final Transformer network;
  private final SequenceShape shape;
  private final Objective objective;
  private final Scope scope;
  private final NetworkInputs inputs;
  private final Array targets;
  private final Optional<Array> valid;

  TransformerPass(
      Transformer network,
      SequenceShape shape,
      Objective objective,
      Scope scope,
      ImageTokens samples,
      Noise noise) {
    this.network = network;
    this.shape = shape;
    this.objective = objective;
    this.scope = scope;
    this.targets = targets(samples.tokens());
    boolean[] dropped = noise.dropped(network.config().classDropoutProb());
    this.inputs =
        network.inputs(scope, shape, samples.tokens(), samples.condition(), dropped, noise);
    if (objective.zLoss() && samples.valid().isPresent()) {
      throw new IllegalArgumentException("z-loss and weights of samples: want one or the other");
    }
    this.valid = samples.valid().map(weights -> scope.floats(weights, weights.length));
  }

  private Array targets(List<int[]> tokens) {
    int length = network.config().blockSize();
    long[] all = new long[tokens.size() * length];
    for (int row = 0; row < tokens.size(); row++) {
      int[] one = tokens.get(row);
      if (one.length != length) {
        throw new IllegalArgumentException(
            "a sample has " + one.length + " tokens, the network takes " + length);
      }
      for (int i = 0; i < length; i++) {
        all[row * length + i] = one[i];
      }
    }
    return scope.longs(all, tokens.size(), length);
  }

  @Override
  public long tokens() {
    return targets.size();
  }

  @Override
  public Array embed(BucketArrays weights) {
    Optional<Array> learned =
        shape.repPlace() == RepPlace.NONE ? Optional.empty() : Optional.of(weights.projector());
    return network.input(
        scope,
        inputs,
        weights.embeddings(),
        weights.frozen(TransformerLayout.UNCONDITIONAL),
        shape,
        learned);
  }

  @Override
  public Array block(int index, Array x, Array flat) {
    return network.block(scope, inputs, index, x, flat);
  }

  @Override
  public Optional<BlockRun> run(int index, Array x, Array flat) {
    return network.run(scope, inputs, index, x, flat);
  }

  @Override
  public Array finalNorm(Array x, Array flat) {
    return network.finalNorm(scope, x, flat);
  }

  @Override
  public HeadLoss loss(Array x, BucketArrays weights) {
    int first = shape.firstPredicting();
    if (objective.zLoss()) {
      return network.lossWithZ(scope, x, weights.head(), targets, first, objective.zLossWeight());
    }
    Array loss =
        valid.isPresent()
            ? network.validLoss(scope, x, weights.head(), targets, first, valid.get())
            : network.loss(scope, x, weights.head(), targets, first);
    return new HeadLoss(loss, loss.item(), 0);
  }

  @Override
  public Optional<HeadRun> runLoss(Array x, BucketArrays weights) {
    return objective.zLoss() || valid.isPresent()
        ? Optional.empty()
        : network.runLoss(scope, x, weights.head(), targets, shape.firstPredicting());
  }

  @Override
  public TokenLosses tokenLosses(Array x, BucketArrays weights) {
    int grid = network.config().gridSize();
    Array each = network.tokenLosses(scope, x, weights.head(), targets, shape.firstPredicting());
    float[] nats = each.toFloats();
    int[] row = new int[nats.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = i % (grid * grid) / grid;
    }
    return new TokenLosses(nats, row, grid);
  }

  @Override
  public AlignedPositions aligned() {
    return shape.aligned(objective.positions());
  }
}
