package io.hybnext.model.qwen;

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

/** Qwen3 as a language model; takes {@link TokenSequences}. */
public final class QwenDecoder implements Decoder {
  private final QwenConfig config;
  private final KernelModule kernels;
  private final QwenBackbone backbone;
  private final Positions positions;

  /** Compiles the kernels. */
  QwenDecoder(TorchEngine engine, QwenConfig config, Precision precision, Objective objective) {
    Positions positions = objective.positions();
    if (objective.zLoss()) {
      throw new IllegalArgumentException(
          "arra.z-loss = " + objective.zLossWeight() + ": a plain language model has none; want 0");
    }
    if (positions != Positions.ALL && positions != Positions.NONE) {
      throw new IllegalArgumentException(
          "arra.positions = " + positions.setting() + ": a plain language model has all or none");
    }
    this.config = config;
    this.positions = positions;
    this.kernels =
        KernelModule.compile(
            engine,
            QwenBackbone.text(config, precision, engine.arithmetic(precision))
                .followedBy(QwenHead.text(config)));
    this.backbone = new QwenBackbone(config, kernels);
  }

  @Override
  public QwenPass pass(Scope scope, DecoderInput input, Noise noise) {
    QwenHead head = new QwenHead(config, kernels);
    if (input instanceof LeftPadded padded) {
      return new QwenPass(backbone, head, positions, scope, padded);
    }
    if (input instanceof TokenSequences sequences) {
      LeftPadded whole = new LeftPadded(sequences, new int[sequences.batchSize()]);
      return new QwenPass(backbone, head, positions, scope, whole);
    }
    throw new IllegalArgumentException(
        "a language model takes token sequences, not " + input.getClass().getSimpleName());
  }

  @Override
  public void close() {
    kernels.close();
  }
}
