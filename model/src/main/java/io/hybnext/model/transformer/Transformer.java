package io.hybnext.model.transformer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.BlockRun;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.HeadRun;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import io.hybnext.model.transformer.SequenceShape.RepPlace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * LlamaGen's transformer as kernel calls, one a block. It holds no weights: every call takes the
 * flat weights of its bucket, so that the caller decides what is differentiated. Two variants are
 * compiled, with and without dropout. Used by one thread at a time.
 */
public final class Transformer implements AutoCloseable {
  private final TransformerConfig config;
  private final KernelModule plain;
  private final KernelModule dropping;
  private final RotaryTable rotary;
  private final boolean derivativesWritten;

  /**
   * Compiles the kernels. Where the device has no bf16 arithmetic, bf16 weights and residual stream
   * are widened inside each call.
   */
  public Transformer(TorchEngine engine, TransformerConfig config, Precision precision) {
    this.config = config;
    this.rotary = new RotaryTable(config);
    Precision computed = engine.arithmetic(precision);
    this.derivativesWritten =
        derivativesWritten(config, precision, engine.device().kind() == ComputeDevice.Kind.CPU);
    this.plain =
        KernelModule.compile(
            engine, TransformerKernels.source(config.withDropout(0), precision, computed));
    this.dropping =
        config.hasDropout()
            ? KernelModule.compile(engine, TransformerKernels.source(config, precision, computed))
            : plain;
  }

  /** The network's sizes. */
  public TransformerConfig config() {
    return config;
  }

  /**
   * Moves a batch to the device.
   *
   * @param tokens (B)(N) codebook indices
   * @param dropped which samples train without their condition; empty for none
   */
  public NetworkInputs inputs(
      Scope scope,
      SequenceShape shape,
      List<int[]> tokens,
      Condition condition,
      boolean[] dropped,
      Noise noise) {
    int batch = tokens.size();
    int inputs = shape.imageInputs();
    long[] ids = new long[batch * inputs];
    for (int row = 0; row < batch; row++) {
      for (int i = 0; i < inputs; i++) {
        ids[row * inputs + i] = tokens.get(row)[i];
      }
    }
    Array table = scope.floats(shape.rotaryRows(rotary), shape.length(), config.headDim() / 2, 2);
    Array fed = scope.longs(ids, batch, inputs);
    if (condition instanceof Classes classes) {
      return new NetworkInputs(
          fed, classes(scope, classes, dropped), Optional.empty(), Optional.empty(), table, noise);
    }
    Captions captions = (Captions) condition;
    Optional<Array> mask =
        captions.masked()
            ? Optional.of(mask(scope, captions, shape.length() - shape.conditionTokens()))
            : Optional.empty();
    return new NetworkInputs(
        fed,
        features(scope, captions),
        Optional.of(scope.bytes(flags(dropped, batch), batch)),
        mask,
        table,
        noise);
  }

  private Array classes(Scope scope, Classes classes, boolean[] dropped) {
    long[] labels = new long[classes.batchSize()];
    Arrays.setAll(
        labels,
        i -> i < dropped.length && dropped[i] ? config.numClasses() : classes.labels().get(i));
    return scope.longs(labels, labels.length);
  }

  private Array features(Scope scope, Captions captions) {
    int row = config.clsTokenNum() * config.captionDim();
    float[] all = new float[captions.batchSize() * row];
    for (int i = 0; i < captions.batchSize(); i++) {
      float[] one = captions.captions().get(i).features();
      if (one.length != row) {
        throw new IllegalArgumentException(
            "caption features have " + one.length + " numbers, the network takes " + row);
      }
      System.arraycopy(one, 0, all, i * row, row);
    }
    return scope.floats(all, captions.batchSize(), config.clsTokenNum(), config.captionDim());
  }

  private static byte[] flags(boolean[] dropped, int batch) {
    byte[] flags = new byte[batch];
    for (int i = 0; i < dropped.length; i++) {
      flags[i] = (byte) (dropped[i] ? 1 : 0);
    }
    return flags;
  }

  /**
   * The attention mask of captions and what follows them: causal, padded columns removed, the
   * diagonal put back so that no row is empty.
   *
   * @param following positions behind the condition
   * @return (B, 1, S, S), 0 where attention may go and -1e30 elsewhere
   */
  public Array mask(Scope scope, Captions captions, int following) {
    int positions = config.clsTokenNum();
    byte[] valid = new byte[captions.batchSize() * positions];
    for (int i = 0; i < captions.batchSize(); i++) {
      int length = Math.min(captions.captions().get(i).length(), positions);
      Arrays.fill(valid, (i + 1) * positions - length, (i + 1) * positions, (byte) 1);
    }
    try (Array columns = scope.bytes(valid, captions.batchSize(), positions);
        Array extra = scope.longs(new long[] {following})) {
      return plain.call(scope, "attention_mask", columns, extra);
    }
  }

  /**
   * Embedded condition and tokens with dropout, what the first block takes.
   *
   * @param flat weights of the embedding bucket
   * @param unconditional features of no caption, (T, C); only for captions
   * @param projector weights of the projector's bucket, whose last D are the learned token; only
   *     when the sequence has one
   * @return (B, S, D)
   */
  public Array input(
      Scope scope,
      NetworkInputs inputs,
      Array flat,
      Optional<Array> unconditional,
      SequenceShape shape,
      Optional<Array> projector) {
    Array embedded =
        inputs.drop().isEmpty()
            ? plain.call(scope, "input_classes", flat, inputs.ids(), inputs.condition())
            : plain.call(
                scope,
                "input_captions",
                flat,
                inputs.ids(),
                inputs.condition(),
                inputs.drop().get(),
                unconditional.orElseThrow());
    if (shape.repPlace() != RepPlace.NONE) {
      try (Array at = scope.longs(new long[] {shape.repPosition()});
          Array before = embedded) {
        embedded = plain.call(scope, "insert", before, projector.orElseThrow(), at);
      }
    }
    if (!inputs.noise().on() || config.tokenDropoutP() == 0) {
      return embedded;
    }
    try (Array keys = inputs.noise().tokenKeys(scope);
        Array whole = embedded) {
      return dropping.call(scope, "drop_input", whole, keys);
    }
  }

  /**
   * One block.
   *
   * @param index number of the block, from 0
   * @param x (B, S, D)
   * @param flat weights of the block's bucket
   * @return the residual stream behind the block, (B, S, D)
   */
  public Array block(Scope scope, NetworkInputs inputs, int index, Array x, Array flat) {
    KernelModule kernels = kernels(inputs.noise());
    try (Array keys = keys(scope, inputs, index)) {
      return inputs.mask().isEmpty()
          ? kernels.call(scope, "block", x, flat, inputs.table(), keys)
          : kernels.call(scope, "block_masked", x, flat, inputs.table(), keys, inputs.mask().get());
    }
  }

  /**
   * Whether training such a network goes by {@code gradients.ts} instead of autograd: its attention
   * is libtorch's for the CPU, with as many heads of keys as of queries.
   */
  static boolean derivativesWritten(TransformerConfig config, Precision stored, boolean cpu) {
    return cpu && stored == Precision.FP32 && config.nHead() == config.nKvHead();
  }

  /** {@link #block} for a backward pass without autograd, where there is one. */
  Optional<BlockRun> run(Scope scope, NetworkInputs inputs, int index, Array x, Array flat) {
    if (!derivativesWritten) {
      return Optional.empty();
    }
    try (Array keys = keys(scope, inputs, index)) {
      return Optional.of(
          new TransformerBlockRun(kernels(inputs.noise()), scope, inputs, keys, x, flat));
    }
  }

  /** {@link #loss} with its gradients, where they are written out. */
  Optional<HeadRun> runLoss(Scope scope, Array x, Array flat, Array targets, int first) {
    if (!derivativesWritten) {
      return Optional.empty();
    }
    try (Array position = scope.longs(new long[] {first})) {
      List<Array> made = plain.callMany(scope, "loss_gradients", x, flat, targets, position);
      try (Array nll = made.get(0)) {
        return Optional.of(
            new HeadRun(nll.item(), new BlockRun.Gradients(made.get(1), made.get(2))));
      }
    }
  }

  private KernelModule kernels(Noise noise) {
    return noise.on() && config.hasDropout() ? dropping : plain;
  }

  private Array keys(Scope scope, NetworkInputs inputs, int index) {
    return inputs.noise().on() && config.hasDropout()
        ? inputs.noise().blockKeys(scope, index)
        : scope.zeros(ElementType.INT64, 2, inputs.noise().samples().length);
  }

  /** The residual stream normalised as the head does, (B, S, D); flat is the head's bucket. */
  public Array finalNorm(Scope scope, Array x, Array flat) {
    return plain.call(scope, "final_norm", x, flat);
  }

  /** Logits of every position, (B, S, V) fp32; flat is the head's bucket. */
  public Array logits(Scope scope, Array x, Array flat) {
    return plain.call(scope, "logits", x, flat);
  }

  /**
   * Mean cross entropy over all tokens, fp32, no dimension.
   *
   * @param targets (B, N) int64
   * @param first position that predicts the first target
   */
  public Array loss(Scope scope, Array x, Array flat, Array targets, int first) {
    try (Array position = scope.longs(new long[] {first})) {
      return plain.call(scope, "loss", x, flat, targets, position);
    }
  }

  /** Mean cross entropy and z-loss with this weight. */
  public HeadLoss lossWithZ(
      Scope scope, Array x, Array flat, Array targets, int first, double zWeight) {
    try (Array position = scope.longs(new long[] {first});
        Array weight = scope.scalar((float) zWeight)) {
      return HeadLoss.of(plain.callMany(scope, "loss_z", x, flat, targets, position, weight));
    }
  }

  /**
   * Cross entropy weighed by sample: sum over tokens of valid samples / number of their tokens.
   *
   * @param valid (B) fp32, 0 or 1
   */
  public Array validLoss(Scope scope, Array x, Array flat, Array targets, int first, Array valid) {
    try (Array position = scope.longs(new long[] {first})) {
      return plain.call(scope, "loss_valid", x, flat, targets, position, valid);
    }
  }

  /** Cross entropy of every token, (B, N) fp32. */
  public Array tokenLosses(Scope scope, Array x, Array flat, Array targets, int first) {
    try (Array position = scope.longs(new long[] {first})) {
      return plain.call(scope, "loss_each", x, flat, targets, position);
    }
  }

  @Override
  public void close() {
    plain.close();
    if (dropping != plain) {
      dropping.close();
    }
  }
}
