package io.hybnext.model.transformer;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;

/** LlamaGen's transformer as training sees it; takes {@link ImageTokens}. */
public final class TransformerDecoder implements Decoder {
  private final Transformer network;
  private final SequenceShape shape;
  private final Objective objective;

  /** Compiles the kernels. */
  TransformerDecoder(
      TorchEngine engine, TransformerConfig config, Precision precision, Objective objective) {
    this.shape = SequenceShape.of(config, objective.positions());
    this.objective = objective;
    shape.aligned(objective.positions());
    this.network = new Transformer(engine, config, precision);
  }

  @Override
  public DecoderPass pass(Scope scope, DecoderInput input, Noise noise) {
    if (!(input instanceof ImageTokens samples)) {
      throw new IllegalArgumentException(
          "a LlamaGen network takes image tokens, not " + input.getClass().getSimpleName());
    }
    return new TransformerPass(network, shape, objective, scope, samples, noise);
  }

  @Override
  public void close() {
    network.close();
  }
}
