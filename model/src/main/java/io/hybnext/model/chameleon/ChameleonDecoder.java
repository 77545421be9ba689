package io.hybnext.model.chameleon;

import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;

/**
 * Chameleon's decoder as kernel calls; takes {@link TokenSequences}. Two variants are compiled,
 * with and without dropout.
 */
public final class ChameleonDecoder implements Decoder {
  private final ChameleonConfig config;
  private final Objective objective;
  private final KernelModule plain;
  private final KernelModule dropping;

  ChameleonDecoder(
      TorchEngine engine, ChameleonConfig config, Precision precision, Objective objective) {
    if (objective.positions().learnedToken()) {
      throw new IllegalArgumentException(
          "arra.positions = "
              + objective.positions().setting()
              + ": a Chameleon network has no such positions; want predicting-image or rep-token");
    }
    if (objective.positions() == Positions.REP_TOKEN
        && config.vocabulary().marks().alignment().isEmpty()) {
      throw new IllegalArgumentException(
          "arra.positions = rep-token: the vocabulary has no alignment token <reserved08795>");
    }
    this.config = config;
    this.objective = objective;
    Precision computed = engine.arithmetic(precision);
    this.plain =
        KernelModule.compile(
            engine, ChameleonKernels.source(config.withDropout(0), precision, computed));
    this.dropping =
        config.dropout() > 0
            ? KernelModule.compile(engine, ChameleonKernels.source(config, precision, computed))
            : plain;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException also when a sequence is longer than the network's limit, holds
   *     an unknown id, or when no position of the batch is supervised
   */
  @Override
  public ChameleonPass pass(Scope scope, DecoderInput input, Noise noise) {
    if (!(input instanceof TokenSequences sequences)) {
      throw new IllegalArgumentException(
          "a Chameleon network takes token sequences, not " + input.getClass().getSimpleName());
    }
    TokenSequences fed = PromptDropping.cut(config, sequences, noise);
    return new ChameleonPass(this, scope, new SequenceBatch(config, fed), noise);
  }

  ChameleonConfig config() {
    return config;
  }

  Objective objective() {
    return objective;
  }

  KernelModule kernels(boolean drop) {
    return drop ? dropping : plain;
  }

  @Override
  public void close() {
    plain.close();
    if (dropping != plain) {
      dropping.close();
    }
  }
}
