package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Shows the gradient of a bucket as host memory: libtorch's own where it is fp32 on the CPU, else
 * one buffer that every bucket in turn is copied to, frozen parameters as zeros.
 */
final class GradientExport {
  private final TorchEngine engine;
  private final ParameterLayout layout;
  private final boolean direct;
  private final Tuning tuning;
  private ByteBuffer staging;

  GradientExport(TorchEngine engine, ParameterLayout layout, Precision precision, Tuning tuning) {
    this.engine = engine;
    this.layout = layout;
    this.tuning = tuning;
    this.direct = precision == Precision.FP32 && engine.device().kind() == ComputeDevice.Kind.CPU;
  }

  /**
   * Hands the gradient gathered at {@code leaf} on, zeros when none reached it, and closes the
   * leaf, which frees the gradient.
   */
  void hand(Scope scope, int bucket, Array leaf, GradientSink sink) {
    Optional<Array> gradient = Autograd.gradient(scope, leaf);
    if (gradient.isEmpty()) {
      handZeros(bucket, sink);
      return;
    }
    hand(bucket, gradient.get(), sink);
    leaf.close();
  }

  /** Hands a gradient on and frees it. */
  void hand(int bucket, Array gradient, GradientSink sink) {
    try (gradient) {
      boolean own = direct && tuning.frozen().isEmpty();
      sink.accept(bucket, own ? gradient.memory() : copied(bucket, gradient));
    }
  }

  void handZeros(int bucket, GradientSink sink) {
    ByteBuffer zeros = staging(bucket);
    for (int at = 0; at < zeros.limit(); at += Float.BYTES) {
      zeros.putInt(at, 0);
    }
    sink.accept(bucket, zeros);
  }

  private ByteBuffer copied(int bucket, Array gradient) {
    ByteBuffer target = staging(bucket);
    CoreKernels.of(engine).readFloats(gradient, target);
    for (ParameterLayout.Parameter parameter : layout.buckets().get(bucket).parameters()) {
      if (tuning.freezes(parameter.name())) {
        int end = parameter.offset() + parameter.length();
        for (int at = parameter.offset(); at < end; at++) {
          target.putFloat(at * Float.BYTES, 0);
        }
      }
    }
    return target;
  }

  private ByteBuffer staging(int bucket) {
    if (staging == null) {
      int longest = 0;
      for (ParameterLayout.Bucket each : layout.buckets()) {
        longest = Math.max(longest, each.length());
      }
      staging = ByteBuffer.allocateDirect(Math.multiplyExact(longest, Float.BYTES));
    }
    return staging
        .slice(0, layout.buckets().get(bucket).length() * Float.BYTES)
        .order(ByteOrder.nativeOrder());
  }
}
