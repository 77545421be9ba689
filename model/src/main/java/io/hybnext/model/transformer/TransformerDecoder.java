package io.hybnext.model.transformer;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Positions;

/** LlamaGen's transformer as training sees it; takes {@link ImageTokens}. */
public final class TransformerDecoder implements Decoder {
  private final Transformer network;
  private final SequenceShape shape;
  private final Positions positions;

  /** Compiles the kernels. */
  TransformerDecoder(
      TorchEngine engine, TransformerConfig config, Precision precision, Positions positions) {
    this.shape = SequenceShape.of(config, positions);
    this.positions = positions;
    this.network = new Transformer(engine, config, precision);
  }

  @Override
  public DecoderPass pass(Scope scope, DecoderInput input, Noise noise) {
    if (!(input instanceof ImageTokens samples)) {
      throw new IllegalArgumentException(
          "a LlamaGen network takes image tokens, not " + input.getClass().getSimpleName());
    }
    return new TransformerPass(network, shape, positions, scope, samples, noise);
  }

  @Override
  public void close() {
    network.close();
  }
}
