package io.hybnext.model.kelix;

import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.Positions;

/** A block language model as training sees it; takes {@link BlockInput}. */
public final class NbpDecoder implements Decoder {
  private final NbpConfig config;
  private final Positions positions;
  private final KernelModule kernels;

  /** Compiles the kernels. */
  NbpDecoder(TorchEngine engine, NbpConfig config, Precision precision, Objective objective) {
    Positions positions = objective.positions();
    if (positions != Positions.PREDICTING_IMAGE && positions != Positions.NONE) {
      throw new IllegalArgumentException(
          "arra.positions = "
              + positions.setting()
              + ": a block model has predicting-image or none");
    }
    if (objective.zLoss()) {
      throw new IllegalArgumentException(
          "arra.z-loss = " + objective.zLossWeight() + ": want 0, a block model has none");
    }
    this.config = config;
    this.positions = positions;
    this.kernels =
        KernelModule.compile(
            engine, NbpKernels.text(config, precision, engine.arithmetic(precision)));
  }

  @Override
  public NbpPass pass(Scope scope, DecoderInput input, Noise noise) {
    if (!(input instanceof BlockInput blocks)) {
      throw new IllegalArgumentException(
          "a block model takes sequences of blocks, not " + input.getClass().getSimpleName());
    }
    return new NbpPass(
        config, kernels, positions, scope, blocks.chosen(noise.dropped(config.promptDropout())));
  }

  @Override
  public void close() {
    kernels.close();
  }
}
