package io.hybnext.gpu;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;

/**
 * Reverse-mode differentiation. Recording is a state of the calling thread, off at first.
 *
 * <p>DJL's own {@code GradientCollector} is one a JVM and leaks handles, so this uses libtorch's
 * thread-local switch directly.
 */
public final class Autograd {
  private Autograd() {}

  /** Switches recording on for the calling thread until the result is closed. */
  public static Recording record() {
    return new Recording(true);
  }

  /** Switches recording off for the calling thread until the result is closed. */
  public static Recording pause() {
    return new Recording(false);
  }

  /**
   * Adds the gradients of {@code sum(output * outputGradient)} to the leaves that {@code output}
   * depends on, and frees the graph.
   *
   * @param outputGradient shape and type of {@code output}; owned by the caller
   */
  public static void backward(Array output, Array outputGradient) {
    JniUtils.backward(output.handle(), outputGradient.handle(), false, false);
  }

  /** {@link #backward(Array, Array)} of a single value with gradient 1. */
  public static void backward(Array value) {
    try (Array one = CoreKernels.of(value.scope().engine()).onesLike(value.scope(), value)) {
      backward(value, one);
    }
  }

  /**
   * The gradient gathered at a leaf, or empty when none reached it. Shares the leaf's memory of it
   * until {@link #zero}; owned by {@code owner}.
   */
  public static Optional<Array> gradient(Scope owner, Array leaf) {
    PtNDArray gradient = JniUtils.getGradient(leaf.handle());
    return gradient == null ? Optional.empty() : Optional.of(owner.wrap(gradient));
  }

  /** Forgets the gradient gathered at a leaf. */
  public static void zero(Array leaf) {
    JniUtils.zeroGrad(leaf.handle());
  }

  /** Restores the thread's former state when closed. */
  public static final class Recording implements AutoCloseable {
    private final boolean before;

    private Recording(boolean on) {
      before = JniUtils.isGradMode();
      JniUtils.setGradMode(on);
    }

    @Override
    public void close() {
      JniUtils.setGradMode(before);
    }
  }
}
