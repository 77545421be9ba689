package io.hybnext.model.arra;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.ParameterLayout;

/**
 * The alignment term as kernel calls: projector and distance to the image's feature. Holds no
 * weights. Used by one thread at a time.
 */
public final class Alignment implements AutoCloseable {
  private final String suffix;
  private final KernelModule kernels;

  /**
   * Compiles the kernels.
   *
   * @param projector its bucket
   * @param precision of the projector's weights and of hidden states
   */
  public Alignment(
      TorchEngine engine,
      ArraConfig config,
      ParameterLayout.Bucket projector,
      Precision precision) {
    this.suffix = config.distance() == ArraConfig.Distance.MSE ? "_mse" : "";
    this.kernels =
        KernelModule.compile(
            engine,
            KernelSource.resource(Alignment.class, "arra.ts")
                .with("type", engine.arithmetic(precision).elementType().torchNumber())
                .with("features", config.featureDim())
                .with("adaptor_sizes", projector.sizes()));
  }

  /**
   * Mean over samples of 1 - mean over aligned positions of the cosine; in [0, 2], about 1 for an
   * untrained projector. With the other distance the mean of squared differences. fp32, no
   * dimension.
   *
   * @param hidden (B, S, D)
   * @param projector its flat weights
   * @param features (B, E) fp32
   */
  public Array gva(
      Scope scope, Array hidden, Array projector, Array features, AlignedPositions positions) {
    if (positions instanceof AlignedPositions.Range range) {
      try (Array numbers = range.array(scope)) {
        return kernels.call(scope, "gva" + suffix, hidden, projector, features, numbers);
      }
    }
    AlignedPositions.Rows rows = (AlignedPositions.Rows) positions;
    Array weight = scope.floats(rows.weight(), rows.weight().length); // stay: the graph needs them
    return kernels.call(
        scope, "gva_rows" + suffix, hidden, projector, features, rows.array(scope), weight);
  }

  /** The cosines of the aligned positions, (B, n) fp32. */
  public Array cosines(
      Scope scope,
      Array hidden,
      Array projector,
      Array features,
      AlignedPositions.Range positions) {
    try (Array range = positions.array(scope)) {
      return kernels.call(scope, "cosines", hidden, projector, features, range);
    }
  }

  /** States (B, S, D) through the projector, (B, S, E). */
  public Array projected(Scope scope, Array hidden, Array projector) {
    return kernels.call(scope, "projected", hidden, projector);
  }

  /** The same term of states projected already, (B, n, E). */
  public Array gvaOfProjected(Scope scope, Array projected, Array features) {
    return kernels.call(scope, "gva_of_projected", projected, features);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
