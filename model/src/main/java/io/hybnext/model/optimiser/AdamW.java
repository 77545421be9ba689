package io.hybnext.model.optimiser;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Predicate;

/**
 * Fused AdamW on a chunk of a flat bucket. The result of a chunk depends on the chunk alone, so it
 * is the same whoever owns it. Used by one thread at a time.
 */
public final class AdamW implements AutoCloseable {
  private final TorchEngine engine;
  private final AdamWConfig config;
  private final Predicate<String> frozen;
  private final KernelModule decaying;
  private final KernelModule plain;

  /** Compiles the kernels. */
  public AdamW(TorchEngine engine, AdamWConfig config) {
    this(engine, config, name -> false);
  }

  /**
   * The same with parameters that stay as they are.
   *
   * @param frozen whether a parameter of this name does
   */
  public AdamW(TorchEngine engine, AdamWConfig config, Predicate<String> frozen) {
    this.frozen = frozen;
    this.engine = engine;
    this.config = config;
    KernelSource source =
        KernelSource.resource(AdamW.class, "adamw.ts")
            .with("beta1", config.beta1())
            .with("beta2", config.beta2())
            .with("eps", config.eps());
    decaying = KernelModule.compile(engine, source.with("decay", config.weightDecay()));
    plain = KernelModule.compile(engine, source.with("decay", 0.0));
  }

  /** The settings. */
  public AdamWConfig config() {
    return config;
  }

  /**
   * Part of a bucket and what AdamW keeps for it. Buffers are direct, fp32, native order, and hold
   * {@code length} elements from their position on.
   *
   * @param bucket it is part of
   * @param begin first element in the bucket
   * @param length number of elements
   * @param master weights of the chunk, changed
   * @param mean running mean of gradients, changed
   * @param square running mean of squared gradients, changed
   */
  public record Chunk(
      ParameterLayout.Bucket bucket,
      int begin,
      int length,
      ByteBuffer master,
      ByteBuffer mean,
      ByteBuffer square) {}

  /**
   * One step.
   *
   * @param gradient of the chunk, as its buffers; not changed
   * @param scale what the gradient is multiplied by
   * @param learningRate of this step
   * @param step from 0
   */
  public void update(
      Chunk chunk, ByteBuffer gradient, float scale, double learningRate, long step) {
    try (Scope scope = engine.openScope("adamw")) {
      Array count = scope.scalar(step + 1);
      Array rate = scope.scalar((float) learningRate);
      Array factor = scope.scalar(scale);
      for (DecayRuns.Run run :
          DecayRuns.of(
              chunk.bucket(), chunk.begin(), chunk.length(), config.decayVectors(), frozen)) {
        Array weights = part(scope, chunk.master(), chunk, run);
        Array mean = part(scope, chunk.mean(), chunk, run);
        Array square = part(scope, chunk.square(), chunk, run);
        Array slope = part(scope, gradient, chunk, run);
        KernelModule kernels = run.decays() ? decaying : plain;
        kernels.call(
            scope,
            "update",
            List.of(weights),
            List.of(mean),
            List.of(square),
            List.of(count),
            slope,
            rate,
            factor);
        bringBack(weights, chunk.master(), chunk, run);
        bringBack(mean, chunk.mean(), chunk, run);
        bringBack(square, chunk.square(), chunk, run);
      }
    }
  }

  private static Array part(Scope scope, ByteBuffer memory, Chunk chunk, DecayRuns.Run run) {
    return scope.map(slice(memory, chunk, run), ElementType.FLOAT32, run.length());
  }

  private static ByteBuffer slice(ByteBuffer memory, Chunk chunk, DecayRuns.Run run) {
    int offset = memory.position() + (run.begin() - chunk.begin()) * Float.BYTES;
    return memory.slice(offset, run.length() * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  /** On the CPU arrays are the host memory itself; elsewhere they are copies. */
  private void bringBack(Array array, ByteBuffer memory, Chunk chunk, DecayRuns.Run run) {
    if (engine.device().kind() != ComputeDevice.Kind.CPU) {
      CoreKernels.of(engine).readFloats(array, slice(memory, chunk, run));
    }
  }

  @Override
  public void close() {
    decaying.close();
    plain.close();
  }
}
