package io.hybnext.model.kelix;

import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.qwen.QwenBackbone;

/** The kernel text of a block language model with its sizes filled in. */
final class NbpKernels {
  private NbpKernels() {}

  /**
   * The methods of {@code qwen.ts} and {@code nbp.ts}.
   *
   * @param stored type of weights and of what goes from call to call
   * @param computed type of everything inside a call
   */
  static KernelSource text(NbpConfig config, Precision stored, Precision computed) {
    ParameterLayout layout = config.layout();
    return QwenBackbone.text(config.backbone(), stored, computed)
        .followedBy(KernelSource.resource(NbpKernels.class, "nbp.ts"))
        .with("head_sizes", layout.buckets().get(layout.headBucket()).sizes())
        .with("inner_width", config.innerWidth())
        .with("inner_heads", config.innerHeads())
        .with("inner_layers", config.innerLayers())
        .with("inner_vectors", NbpLayout.vectors(config));
  }
}
