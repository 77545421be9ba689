package io.hybnext.ops.wiring;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.kelix.BlockGrammar;
import io.hybnext.model.kelix.BlockSampler;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.sampling.SamplingSettings;
import java.util.List;

/** Kelix: images block by block, several codes each. */
final class BlockDrawing implements ImageDrawing {
  private final BlockSampler sampler;

  BlockDrawing(TorchEngine engine, NbpConfig network, Precision precision) {
    BlockGrammar grammar = new BlockGrammar(network, TrainingConfigs.PROMPT_BYTES);
    sampler = new BlockSampler(engine, network, grammar, precision);
  }

  @Override
  public int[][] draw(
      ModelWeights weights,
      List<String> captions,
      SamplingSettings settings,
      long seed,
      long[] samples) {
    return sampler.generate(weights, captions, settings, seed, samples, (done, total) -> {});
  }

  @Override
  public void close() {
    sampler.close();
  }
}
