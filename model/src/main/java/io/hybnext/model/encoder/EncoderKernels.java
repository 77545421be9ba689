package io.hybnext.model.encoder;

import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.TorchEngine;
import java.util.Map;

/** Compiles {@code encoder.ts} with the kernels that an {@link EncoderGraph} writes. */
final class EncoderKernels {
  private EncoderKernels() {}

  static KernelModule compile(TorchEngine engine, EncoderConfig config, EncoderGraph graph) {
    KernelSource blocks = KernelSource.resource(EncoderKernels.class, "encoder.ts");
    return KernelModule.compile(
        engine,
        new KernelSource("encoder.ts", blocks.methods() + graph.text(), Map.of())
            .with("groups", config.groups()));
  }
}
