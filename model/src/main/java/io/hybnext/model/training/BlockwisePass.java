package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Scope;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.ParameterLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Forward and backward of one batch, block by block: every block starts from a detached input, so
 * its backward pass ends there, and its weights' gradient is complete and handed on before the
 * block below begins. The alignment term's gradient joins at the output of the aligned block, so it
 * cannot reach anything above. Lives for one batch, in the scope given.
 */
final class BlockwisePass {
  private final Alignment alignment;
  private final ArraConfig arra;
  private final boolean recompute;
  private final Scope scope;
  private final DecoderPass pass;
  private final Array features;
  private final TrainedWeights.Leaves leaves;
  private final BucketArrays arrays;
  private final ParameterLayout layout;
  private final int blocks;
  private final int alignedBlock;

  /** Inputs of the blocks, then of the head; leaves unless they are computed again. */
  private final List<Array> blockInputs = new ArrayList<>();

  /** Outputs of the embedding, then of the blocks, with their graphs; empty when recomputed. */
  private final List<Array> outputs = new ArrayList<>();

  private double gva;

  /** What a pass works with and the batch it is for; {@code features} is (B, E) on the device. */
  BlockwisePass(Parts parts, boolean recompute, Scope scope, DecoderPass pass, Array features) {
    this.alignment = parts.alignment();
    this.arra = parts.arra();
    this.recompute = recompute;
    this.scope = scope;
    this.pass = pass;
    this.features = features;
    this.layout = parts.weights().network().layout();
    this.blocks = layout.blocks();
    boolean aligns = arra.active() && !pass.aligned().none();
    this.alignedBlock = aligns ? arra.layer().blockIn(blocks) : 0;
    this.leaves = parts.weights().leaves(scope);
    this.arrays = leaves.arrays();
  }

  /** What stays the same from batch to batch. */
  record Parts(Alignment alignment, ArraConfig arra, TrainedWeights weights) {}

  /** Runs both ways. */
  Loss run(GradientSink sink) {
    forward();
    HeadLoss loss = head();
    Array gradient = headInputGradient(sink);
    for (int block = blocks - 1; block >= 0; block--) {
      gradient = backwardBlock(block, gradient, sink);
    }
    backwardInput(gradient, sink);
    return new Loss(loss.nll(), gva, loss.zLoss(), pass.tokens());
  }

  private void forward() {
    try (Autograd.Recording mode = recompute ? Autograd.pause() : Autograd.record()) {
      keep(pass.embed(arrays));
      for (int block = 0; block < blocks; block++) {
        Array weight = arrays.block(block);
        keep(pass.block(block, blockInputs.get(block), weight));
        arrays.release(layout.blockBucket(block), weight);
      }
    }
  }

  private void keep(Array output) {
    if (recompute) {
      blockInputs.add(output);
    } else {
      outputs.add(output);
      blockInputs.add(output.leaf(scope));
    }
  }

  private HeadLoss head() {
    Array leaf = asLeaf(blocks);
    try (Autograd.Recording on = Autograd.record()) {
      HeadLoss loss = pass.loss(leaf, arrays);
      Autograd.backward(loss.total());
      loss.total().close();
      return loss;
    }
  }

  /** The gradient at the head's input, after which the head's bucket is complete. */
  private Array headInputGradient(GradientSink sink) {
    Array input = blockInputs.get(blocks);
    Array gradient = Autograd.gradient(scope, input).orElseThrow();
    if (alignedBlock == blocks && arra.layer().normed()) {
      addAlignment(input, gradient, true, sink);
    }
    leaves.hand(layout.headBucket(), sink);
    return gradient;
  }

  private Array backwardBlock(int block, Array outputGradient, GradientSink sink) {
    if (alignedBlock == block + 1 && !arra.layer().normed()) {
      addAlignment(blockInputs.get(block + 1), outputGradient, false, sink);
    }
    blockInputs.get(block + 1).close();
    Array leaf = asLeaf(block);
    try (Autograd.Recording on = Autograd.record()) {
      Array output = outputs.isEmpty() ? again(block, leaf) : outputs.get(block + 1);
      Autograd.backward(output, outputGradient);
      output.close();
    }
    outputGradient.close();
    Array gradient = Autograd.gradient(scope, leaf).orElseThrow();
    leaves.hand(layout.blockBucket(block), sink);
    return gradient;
  }

  private Array again(int block, Array input) {
    Array weight = arrays.block(block);
    Array output = pass.block(block, input, weight);
    arrays.release(layout.blockBucket(block), weight);
    return output;
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
    if (leaves.trains(ParameterLayout.EMBEDDINGS)) {
      try (Autograd.Recording on = Autograd.record();
          Array embedded = recompute ? pass.embed(arrays) : outputs.get(0)) {
        Autograd.backward(embedded, gradient);
      }
    }
    gradient.close();
    leaves.hand(ParameterLayout.EMBEDDINGS, sink);
    if (arra.positions().learnedToken() || alignedBlock == 0) {
      leaves.hand(layout.projectorBucket(), sink);
    }
  }

  /**
   * Adds lambda times the term's gradient at the hidden states to {@code gradient}. A learned token
   * gets its own gradient only at the very end, so the projector's bucket waits for it.
   */
  private void addAlignment(Array hidden, Array gradient, boolean normed, GradientSink sink) {
    Array projector = arrays.projector();
    try (Autograd.Recording on = Autograd.record();
        Array branch = hidden.leaf(scope);
        Array states = normed ? pass.finalNorm(branch, arrays.head()) : branch;
        Array term = alignment.gva(scope, states, projector, features, pass.aligned());
        Array lambda = scope.scalar((float) arra.lambda())) {
      gva = term.item();
      Autograd.backward(term, lambda);
      try (Array joining = Autograd.gradient(scope, branch).orElseThrow()) {
        CoreKernels.of(scope.engine()).add(gradient, joining);
      }
    }
    if (!arra.positions().learnedToken()) {
      leaves.hand(layout.projectorBucket(), sink);
    }
  }
}
