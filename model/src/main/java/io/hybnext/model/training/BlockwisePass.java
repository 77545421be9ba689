package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Scope;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.transformer.ModelWeights;
import io.hybnext.model.transformer.NetworkInputs;
import io.hybnext.model.transformer.ParameterLayout;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.SequenceShape.RepPlace;
import io.hybnext.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Forward and backward of one batch, block by block: every block starts from a detached input, so
 * its backward pass ends there, and its weights' gradient is complete and handed on before the
 * block below begins. The alignment term's gradient joins at the output of the aligned block, so it
 * cannot reach anything above. Lives for one batch, in the scope given.
 */
final class BlockwisePass {
  private final Transformer network;
  private final Alignment alignment;
  private final ArraConfig arra;
  private final ModelWeights weights;
  private final GradientExport export;
  private final boolean recompute;
  private final SequenceShape shape;
  private final Scope scope;
  private final NetworkInputs inputs;
  private final Array features;
  private final List<Array> leaves = new ArrayList<>();
  private final int blocks;
  private final int alignedBlock;

  /** Inputs of the blocks, then of the head; leaves unless they are computed again. */
  private final List<Array> blockInputs = new ArrayList<>();

  /** Outputs of the embedding, then of the blocks, with their graphs; empty when recomputed. */
  private final List<Array> outputs = new ArrayList<>();

  private double gva;

  /** What a pass works with and the batch it is for; {@code features} is (B, E) on the device. */
  BlockwisePass(Parts parts, boolean recompute, Scope scope, NetworkInputs inputs, Array features) {
    this.network = parts.network();
    this.alignment = parts.alignment();
    this.arra = parts.arra();
    this.weights = parts.weights();
    this.export = parts.export();
    this.shape = parts.shape();
    this.recompute = recompute;
    this.scope = scope;
    this.inputs = inputs;
    this.features = features;
    this.blocks = network.config().nLayer();
    this.alignedBlock = arra.active() ? arra.layer().blockIn(blocks) : 0;
    for (int bucket = 0; bucket < weights.layout().buckets().size(); bucket++) {
      leaves.add(weights.working(bucket).leaf(scope));
    }
  }

  /** What stays the same from batch to batch. */
  record Parts(
      Transformer network,
      Alignment alignment,
      ArraConfig arra,
      ModelWeights weights,
      GradientExport export,
      SequenceShape shape) {}

  private int headBucket() {
    return 1 + blocks;
  }

  private int projectorBucket() {
    return 2 + blocks;
  }

  /**
   * Runs both ways.
   *
   * @param targets (B, N) int64
   * @param valid (B) fp32 weights of the samples, or empty for the plain mean
   */
  Loss run(Array targets, Optional<Array> valid, GradientSink sink) {
    forward();
    double nll = head(targets, valid);
    Array gradient = headInputGradient(sink);
    for (int block = blocks - 1; block >= 0; block--) {
      gradient = backwardBlock(block, gradient, sink);
    }
    backwardInput(gradient, sink);
    return new Loss(nll, gva, targets.size());
  }

  private void forward() {
    try (Autograd.Recording mode = recompute ? Autograd.pause() : Autograd.record()) {
      Array x = embed();
      keep(x);
      for (int block = 0; block < blocks; block++) {
        keep(network.block(scope, inputs, block, blockInputs.get(block), leaves.get(1 + block)));
      }
    }
  }

  private Array embed() {
    Optional<Array> rep =
        shape.repPlace() == RepPlace.NONE
            ? Optional.empty()
            : Optional.of(alignment.rep(scope, leaves.get(projectorBucket())));
    Optional<Array> unconditional =
        Optional.ofNullable(weights.frozen(ParameterLayout.UNCONDITIONAL));
    return network.input(scope, inputs, leaves.get(0), unconditional, shape, rep);
  }

  private void keep(Array output) {
    if (recompute) {
      blockInputs.add(output);
    } else {
      outputs.add(output);
      blockInputs.add(output.leaf(scope));
    }
  }

  private double head(Array targets, Optional<Array> valid) {
    Array leaf = asLeaf(blocks);
    try (Autograd.Recording on = Autograd.record()) {
      Array flat = leaves.get(headBucket());
      int first = shape.firstPredicting();
      Array loss =
          valid.isPresent()
              ? network.validLoss(scope, leaf, flat, targets, first, valid.get())
              : network.loss(scope, leaf, flat, targets, first);
      Autograd.backward(loss);
      double nll = loss.item();
      loss.close();
      return nll;
    }
  }

  /** The gradient at the head's input, after which the head's bucket is complete. */
  private Array headInputGradient(GradientSink sink) {
    Array input = blockInputs.get(blocks);
    Array gradient = Autograd.gradient(scope, input).orElseThrow();
    if (alignedBlock == blocks && arra.layer().normed()) {
      addAlignment(input, gradient, true, sink);
    }
    export.hand(scope, headBucket(), leaves.get(headBucket()), sink);
    return gradient;
  }

  private Array backwardBlock(int block, Array outputGradient, GradientSink sink) {
    if (alignedBlock == block + 1 && !arra.layer().normed()) {
      addAlignment(blockInputs.get(block + 1), outputGradient, false, sink);
    }
    blockInputs.get(block + 1).close();
    Array leaf = asLeaf(block);
    Array weight = leaves.get(1 + block);
    try (Autograd.Recording on = Autograd.record();
        Array output =
            recompute
                ? network.block(scope, inputs, block, leaf, weight)
                : outputs.get(block + 1)) {
      Autograd.backward(output, outputGradient);
    }
    outputGradient.close();
    Array gradient = Autograd.gradient(scope, leaf).orElseThrow();
    export.hand(scope, 1 + block, weight, sink);
    return gradient;
  }

  /** The input of a block, or of the head for the number of blocks, as a leaf. */
  private Array asLeaf(int block) {
    if (recompute) {
      Array plain = blockInputs.get(block);
      blockInputs.set(block, plain.leaf(scope));
      plain.close();
    }
    return blockInputs.get(block);
  }

  private void backwardInput(Array gradient, GradientSink sink) {
    try (Autograd.Recording on = Autograd.record();
        Array embedded = recompute ? embed() : outputs.get(0)) {
      Autograd.backward(embedded, gradient);
    }
    gradient.close();
    export.hand(scope, 0, leaves.get(0), sink);
    boolean untouched = !arra.active();
    if (shape.repPlace() != RepPlace.NONE || untouched) {
      export.hand(scope, projectorBucket(), leaves.get(projectorBucket()), sink);
    }
  }

  /**
   * Adds lambda times the term's gradient at the hidden states to {@code gradient}. A learned token
   * gets its own gradient only at the very end, so the projector's bucket waits for it.
   */
  private void addAlignment(Array hidden, Array gradient, boolean normed, GradientSink sink) {
    Array projector = leaves.get(projectorBucket());
    try (Autograd.Recording on = Autograd.record();
        Array branch = hidden.leaf(scope);
        Array states =
            normed ? network.finalNorm(scope, branch, leaves.get(headBucket())) : branch;
        Array term = alignment.gva(scope, states, projector, features, shape);
        Array lambda = scope.scalar((float) arra.lambda())) {
      gva = term.item();
      Autograd.backward(term, lambda);
      try (Array joining = Autograd.gradient(scope, branch).orElseThrow()) {
        CoreKernels.of(scope.engine()).add(gradient, joining);
      }
    }
    if (shape.repPlace() == RepPlace.NONE) {
      export.hand(scope, projectorBucket(), projector, sink);
    }
  }
}
