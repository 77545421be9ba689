package io.hybnext.model.tower;

import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;

/** Fills in the constants that the texts of all towers share. */
final class TowerKernels {
  private TowerKernels() {}

  /** A tower's own text behind {@code tower.ts}. */
  static KernelSource source(String own, int heads, double eps, Activation activation) {
    return KernelSource.resource(TowerKernels.class, "tower.ts")
        .followedBy(KernelSource.resource(TowerKernels.class, own))
        .with("heads", heads)
        .with("eps", eps)
        .with("activation", activation.text());
  }

  /**
   * Compiles for a precision of the weights and of the arrays between calls; what happens inside a
   * call is of the type that this device multiplies fast.
   */
  static KernelModule compile(TorchEngine engine, KernelSource source, Precision precision) {
    return KernelModule.compile(
        engine,
        source
            .with("carry", precision.elementType().torchNumber())
            .with("type", engine.arithmetic(precision).elementType().torchNumber()));
  }
}
