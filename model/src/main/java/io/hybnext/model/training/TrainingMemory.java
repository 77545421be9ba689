package io.hybnext.model.training;

import io.hybnext.gpu.Precision;
import io.hybnext.model.arra.AlignmentMemory;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.DecoderOperators;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.lora.LoraLayout;
import io.hybnext.model.memory.CallMemory;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@link BlockwisePass} holds on the device for one microshard beside the weights, worked out
 * stage by stage from the tapes of the network's calls.
 */
public final class TrainingMemory {
  private final TrainingConfig config;
  private final PassMemory pass;
  private final ParameterLayout layout;
  private final Optional<LoraLayout> lora;
  private final boolean whole;
  private final int carry;
  private final int computed;
  private final long hidden;
  private final CallMemory embed;
  private final List<CallMemory> blocks = new ArrayList<>();
  private final CallMemory loss;
  private final CallMemory alignment;
  private final long embeddingGradient;

  /**
   * Writes all tapes.
   *
   * @param shape of a microshard
   * @param computed precision inside kernels
   * @param cpu whether arrays are host memory
   */
  public TrainingMemory(TrainingConfig config, PassShape shape, Precision computed, boolean cpu) {
    this.config = config;
    this.pass =
        config.network().memory(shape, config.arra().objective(), config.precision(), computed);
    this.layout = ArraTraining.layout(config);
    this.whole = cpu && config.tuning().lora().isEmpty();
    this.lora = config.tuning().lora().map(l -> new LoraLayout(l, layout));
    this.carry = config.precision().elementType().sizeBytes();
    this.computed = computed.elementType().sizeBytes();
    this.hidden = shape.rows() * config.network().width() * carry;
    this.embed = embed();
    for (int block = 0; block < layout.blocks(); block++) {
      blocks.add(block(layout.blockBucket(block)));
    }
    this.loss = loss();
    this.alignment = alignment(shape);
    boolean headReadsTable = loss.gradients() > hidden + gradient(layout.headBucket());
    this.embeddingGradient = headReadsTable ? gradient(ParameterLayout.EMBEDDINGS) : 0;
  }

  private Value states() {
    return Tape.argument(hidden / carry, carry, true);
  }

  /** A bucket as a pass gets it: a leaf, the frozen weights, or both merged on the tape. */
  private Value bucket(Tape tape, int bucket) {
    if (lora.isPresent() && lora.get().adapts(bucket)) {
      return lora.get().merged(tape, bucket, carry, computed);
    }
    boolean trained = lora.isEmpty() || lora.get().trainedBucket(bucket).isPresent();
    return Tape.argument(layout.buckets().get(bucket).length(), carry, trained);
  }

  private long gradient(int bucket) {
    if (lora.isEmpty()) {
      return layout.buckets().get(bucket).length() * (long) carry;
    }
    return lora.get()
        .trainedBucket(bucket)
        .map(own -> lora.get().trained().buckets().get(own).length() * (long) carry)
        .orElse(0L);
  }

  private CallMemory embed() {
    Tape tape = new Tape();
    return tape.memory(pass.embed(tape, bucket(tape, ParameterLayout.EMBEDDINGS)));
  }

  private CallMemory block(int bucket) {
    Optional<CallMemory> run = whole ? pass.run() : Optional.empty();
    return run.orElseGet(() -> graph(bucket));
  }

  private CallMemory graph(int bucket) {
    Tape tape = new Tape();
    return tape.memory(pass.block(tape, states(), bucket(tape, bucket)));
  }

  private CallMemory loss() {
    boolean alone = whole && !(config.arra().active() && config.arra().layer().normed());
    Optional<CallMemory> run = alone ? pass.runLoss() : Optional.empty();
    return run.orElseGet(this::lossGraph);
  }

  private CallMemory lossGraph() {
    Tape tape = new Tape();
    Value head = bucket(tape, layout.headBucket());
    return tape.memory(pass.loss(tape, states(), head, bucket(tape, ParameterLayout.EMBEDDINGS)));
  }

  private CallMemory alignment(PassShape shape) {
    ArraConfig arra = config.arra();
    if (!arra.active() || shape.aligned() == 0) {
      return new CallMemory(0, 0, 0, 0, 0, 0);
    }
    Tape tape = new Tape();
    Value states =
        arra.layer().normed()
            ? pass.finalNorm(tape, states(), bucket(tape, layout.headBucket()))
            : states();
    int projector = layout.projectorBucket();
    return tape.memory(
        AlignmentMemory.gva(
            new DecoderOperators(tape, computed, carry),
            arra,
            shape,
            states,
            bucket(tape, projector),
            layout.buckets().get(projector)));
  }

  /** Bytes of what waits for the backward pass when the forward pass through all blocks is done. */
  public long activations(boolean recompute) {
    return upTo(layout.blocks(), recompute);
  }

  /** Behind so many blocks: batch, their inputs and outputs, and what their graphs keep. */
  private long upTo(int count, boolean recompute) {
    long bytes = pass.inputBytes() + (count + 1) * hidden;
    if (!recompute) {
      bytes += embed.kept();
      for (int block = 0; block < count; block++) {
        bytes += blocks.get(block).kept();
      }
    }
    return bytes;
  }

  /** The most that a microshard holds at any moment, gradients on the device included. */
  public long peak(boolean recompute) {
    long peak = pass.inputBytes() + (recompute ? embed.plainPeak() : embed.forwardPeak());
    int count = blocks.size();
    for (int block = 0; block < count; block++) {
      CallMemory call = blocks.get(block);
      peak =
          Math.max(
              peak, upTo(block, recompute) + (recompute ? call.plainPeak() : call.forwardPeak()));
    }
    long behind = upTo(count, recompute);
    peak = Math.max(peak, behind + loss.peak());
    peak = Math.max(peak, aligning(recompute));
    for (int block = 0; block < count; block++) {
      CallMemory call = blocks.get(block);
      long before = upTo(block, recompute) + hidden + embeddingGradient;
      long own = recompute ? call.peak() : call.backwardPeak();
      peak = Math.max(peak, before + own);
    }
    long last = pass.inputBytes() + hidden + embeddingGradient;
    boolean trainsTable = gradient(ParameterLayout.EMBEDDINGS) > 0;
    return Math.max(peak, last + (trainsTable ? embed.peak() : 0));
  }

  private long aligning(boolean recompute) {
    boolean normed = config.arra().layer().normed();
    int block = config.arra().active() ? config.arra().layer().blockIn(blocks.size()) : 0;
    long head = normed ? gradient(layout.headBucket()) : 0;
    return upTo(block, recompute) + hidden + embeddingGradient + head + alignment.peak();
  }

  /** What each part holds: embeddings, blocks, output. */
  public List<LayerMemory> layers() {
    List<LayerMemory> layers = new ArrayList<>();
    layers.add(layer(ParameterLayout.EMBEDDINGS, embed, hidden));
    for (int block = 0; block < blocks.size(); block++) {
      layers.add(layer(layout.blockBucket(block), blocks.get(block), hidden));
    }
    CallMemory head = loss;
    String name = layout.buckets().get(layout.headBucket()).name();
    layers.add(new LayerMemory(name, head.kept(), head.kept(), head.peak()));
    if (alignment.peak() > 0) {
      layers.add(
          new LayerMemory(
              ParameterLayout.PROJECTOR, alignment.kept(), alignment.kept(), alignment.peak()));
    }
    return layers;
  }

  private LayerMemory layer(int bucket, CallMemory call, long output) {
    String name = layout.buckets().get(bucket).name();
    return new LayerMemory(name, call.kept() + output, output, call.peak());
  }
}
