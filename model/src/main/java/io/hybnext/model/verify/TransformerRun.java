package io.hybnext.model.verify;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.NetworkInputs;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.Transformer;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A transformer with a case's weights, run forward without dropout. B = batch, S = positions, N =
 * image tokens, V = codebook entries, D = width.
 */
final class TransformerRun implements AutoCloseable {
  private final TorchEngine engine;
  private final TransformerConfig config;
  private final ModelWeights weights;
  private final Transformer network;

  /**
   * Loads the weights.
   *
   * @param files that together hold exactly the layout's tensors
   */
  TransformerRun(
      TorchEngine engine,
      Precision precision,
      TransformerConfig config,
      ParameterLayout layout,
      List<SafetensorsFile> files)
      throws IOException {
    this.engine = engine;
    this.config = config;
    this.weights = new ModelWeights(engine, layout, precision);
    this.network = new Transformer(engine, config, precision);
    CaseWeights.load(weights, files);
  }

  TransformerConfig config() {
    return config;
  }

  ModelWeights weights() {
    return weights;
  }

  Transformer network() {
    return network;
  }

  Scope openScope() {
    return engine.openScope("verify");
  }

  /**
   * What a forward pass leaves behind.
   *
   * @param input (B, S, D), what the first block takes
   * @param blocks (B, S, D) behind each block
   * @param normed (B, S, D) behind the final norm
   */
  record Forward(Array input, List<Array> blocks, Array normed) {
    Array last() {
      return blocks.get(blocks.size() - 1);
    }
  }

  /** Runs a batch whose sequence has no alignment token. */
  Forward forward(Scope scope, List<int[]> tokens, Condition condition, boolean[] dropped) {
    SequenceShape shape = SequenceShape.of(config);
    NetworkInputs inputs =
        network.inputs(scope, shape, tokens, condition, dropped, Noise.none(tokens.size()));
    Optional<Array> unconditional =
        Optional.ofNullable(weights.frozen(TransformerLayout.UNCONDITIONAL));
    Array input =
        network.input(scope, inputs, weights.working(0), unconditional, shape, Optional.empty());
    List<Array> blocks = new ArrayList<>();
    Array x = input;
    for (int block = 0; block < config.nLayer(); block++) {
      x = network.block(scope, inputs, block, x, weights.working(1 + block));
      blocks.add(x);
    }
    return new Forward(input, blocks, network.finalNorm(scope, x, head()));
  }

  private Array head() {
    return weights.working(1 + config.nLayer());
  }

  /** Logits of the positions that predict an image token, (B, N, V). */
  float[] logits(Scope scope, Forward forward) {
    float[] all = network.logits(scope, forward.last(), head()).toFloats();
    SequenceShape shape = SequenceShape.of(config);
    int batch = (int) forward.last().size(0);
    return positions(all, batch, shape.length(), shape.firstPredicting(), config.blockSize());
  }

  /** Mean next-token loss. */
  float loss(Scope scope, Forward forward, List<int[]> tokens) {
    long[] flat = tokens.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    Array targets = scope.longs(flat, tokens.size(), config.blockSize());
    int first = SequenceShape.of(config).firstPredicting();
    return network.loss(scope, forward.last(), head(), targets, first).item();
  }

  /** Positions {@code first .. first + count} of every row of (B, S, width). */
  static float[] positions(float[] values, int batch, int length, int first, int count) {
    int width = values.length / (batch * length);
    float[] part = new float[batch * count * width];
    for (int row = 0; row < batch; row++) {
      int from = (row * length + first) * width;
      System.arraycopy(values, from, part, row * count * width, count * width);
    }
    return part;
  }

  @Override
  public void close() {
    network.close();
    weights.close();
  }
}
