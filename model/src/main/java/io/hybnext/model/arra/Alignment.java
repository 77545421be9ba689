package io.hybnext.model.arra;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.transformer.ParameterLayout;
import io.hybnext.model.transformer.SequenceShape;

/**
 * The alignment term as kernel calls: projector and cosine to the image's feature. Holds no
 * weights. Used by one thread at a time.
 */
public final class Alignment implements AutoCloseable {
  private final ArraConfig config;
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
    this.config = config;
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
   * untrained projector. fp32, no dimension.
   *
   * @param hidden (B, S, D)
   * @param projector its flat weights
   * @param features (B, E) fp32
   */
  public Array gva(
      Scope scope, Array hidden, Array projector, Array features, SequenceShape shape) {
    try (Array range = range(scope, shape)) {
      return kernels.call(scope, "gva", hidden, projector, features, range);
    }
  }

  /** The cosines of the aligned positions, (B, n) fp32. */
  public Array cosines(
      Scope scope, Array hidden, Array projector, Array features, SequenceShape shape) {
    try (Array range = range(scope, shape)) {
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

  /** The learned token (D) in the projector's flat weights. */
  public Array rep(Scope scope, Array projector) {
    return kernels.call(scope, "rep", projector);
  }

  private Array range(Scope scope, SequenceShape shape) {
    return scope.longs(new long[] {first(shape), count(shape)}, 2);
  }

  /** First aligned position of a sequence. */
  long first(SequenceShape shape) {
    return switch (config.positions()) {
      case ALL -> 0;
      case REP_PRE, REP_POST -> shape.repPosition();
      case PREDICTING_IMAGE, NONE -> shape.firstPredicting();
    };
  }

  /** Number of aligned positions, which follow one another. */
  long count(SequenceShape shape) {
    return switch (config.positions()) {
      case ALL -> shape.length();
      case REP_PRE, REP_POST -> 1;
      case PREDICTING_IMAGE, NONE -> shape.imageTokens();
    };
  }

  @Override
  public void close() {
    kernels.close();
  }
}
