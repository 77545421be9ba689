package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Scope;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.BlockRun;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.HeadRun;
import io.hybnext.model.decoder.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Forward and backward of one batch, block by block: every block starts from a detached input, so
 * its backward pass ends there, and its weights' gradient is complete and handed on before the
 * block below begins. The alignment term's gradient joins at the output of the aligned block, so it
 * cannot reach anything above. Where a network has kernels for a backward pass of its own and no
 * adapters are between its weights and what is trained, these take autograd's place block by block.
 * Lives for one batch, in the scope given.
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

  /** Outputs of the embedding, then of blocks, with their graphs; none when recomputed. */
  private final List<Array> outputs = new ArrayList<>();

  /** Blocks that ran without a graph, where the network can, in the order of the blocks. */
  private final List<BlockRun> runs = new ArrayList<>();

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
    Head head = head(sink);
    Array gradient = head.inputGradient();
    for (int block = blocks - 1; block >= 0; block--) {
      gradient = backwardBlock(block, gradient, sink);
    }
    backwardInput(gradient, sink);
    return new Loss(head.nll(), gva, head.zLoss(), pass.tokens());
  }

  private void forward() {
    try (Autograd.Recording mode = recompute ? Autograd.pause() : Autograd.record()) {
      keep(pass.embed(arrays));
    }
    for (int block = 0; block < blocks; block++) {
      Optional<BlockRun> run = run(block);
      if (run.isPresent()) {
        blockInputs.add(run.get().output());
        keep(run.get());
      } else {
        try (Autograd.Recording mode = recompute ? Autograd.pause() : Autograd.record()) {
          keep(graph(block, blockInputs.get(block)));
        }
      }
    }
  }

  /** A block without a graph: only where all that is wanted of its weights is their gradient. */
  private Optional<BlockRun> run(int block) {
    if (!leaves.trainsWhole()) {
      return Optional.empty();
    }
    try (Autograd.Recording off = Autograd.pause()) {
      return pass.run(block, blockInputs.get(block), arrays.block(block));
    }
  }

  private void keep(BlockRun run) {
    if (recompute) {
      run.close();
    } else {
      runs.add(run);
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

  /** What the head gives: its losses and the gradient at its input, alignment included. */
  private record Head(double nll, double zLoss, Array inputGradient) {}

  private Head head(GradientSink sink) {
    boolean aligned = alignedBlock == blocks && arra.layer().normed();
    if (leaves.trainsWhole() && !aligned) { // else the norm's gain gets a second gradient
      Optional<HeadRun> run;
      try (Autograd.Recording off = Autograd.pause()) {
        run = pass.runLoss(blockInputs.get(blocks), arrays);
      }
      if (run.isPresent()) {
        leaves.hand(layout.headBucket(), run.get().gradients().flat(), sink);
        return new Head(run.get().nll(), 0, run.get().gradients().input());
      }
    }
    Array leaf = asLeaf(blocks);
    HeadLoss loss = loss(leaf);
    Array gradient = Autograd.gradient(scope, leaf).orElseThrow();
    if (aligned) {
      addAlignment(leaf, gradient, true, sink);
    }
    leaves.hand(layout.headBucket(), sink);
    return new Head(loss.nll(), loss.zLoss(), gradient);
  }

  private HeadLoss loss(Array leaf) {
    try (Autograd.Recording on = Autograd.record()) {
      HeadLoss loss = pass.loss(leaf, arrays);
      Autograd.backward(loss.total());
      loss.total().close();
      return loss;
    }
  }

  private Array backwardBlock(int block, Array outputGradient, GradientSink sink) {
    if (alignedBlock == block + 1 && !arra.layer().normed()) {
      addAlignment(blockInputs.get(block + 1), outputGradient, false, sink);
    }
    blockInputs.get(block + 1).close();
    Optional<BlockRun> run = recompute ? run(block) : ran(block);
    return run.isPresent()
        ? backwardRun(run.get(), block, outputGradient, sink)
        : backwardGraph(block, outputGradient, sink);
  }

  private Optional<BlockRun> ran(int block) {
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get(block));
  }

  private Array backwardRun(BlockRun run, int block, Array outputGradient, GradientSink sink) {
    run.output().close();
    BlockRun.Gradients gradients;
    try (run;
        outputGradient;
        Autograd.Recording off = Autograd.pause()) {
      gradients = run.backward(outputGradient, blockInputs.get(block), arrays.block(block));
    }
    leaves.hand(layout.blockBucket(block), gradients.flat(), sink);
    return gradients.input();
  }

  private Array backwardGraph(int block, Array outputGradient, GradientSink sink) {
    Array leaf = asLeaf(block);
    try (Autograd.Recording on = Autograd.record()) {
      Array output = recompute ? graph(block, leaf) : outputs.get(block + 1);
      Autograd.backward(output, outputGradient);
      output.close();
    }
    outputGradient.close();
    Array gradient = Autograd.gradient(scope, leaf).orElseThrow();
    leaves.hand(layout.blockBucket(block), sink);
    return gradient;
  }

  private Array graph(int block, Array input) {
    Array weight = arrays.block(block);
    Array output = pass.block(block, input, weight);
    arrays.release(layout.blockBucket(block), weight);
    return output;
  }

  /** The input of a block, or of the head for the number of blocks, as a leaf. */
  private Array asLeaf(int block) {
    if (recompute || !runs.isEmpty()) {
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
