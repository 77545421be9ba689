package io.hybnext.model.qwen;

import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Greedy continuation of text with cached keys and values. Used by one thread at a time. */
public final class QwenGeneration implements AutoCloseable {
  private final TorchEngine engine;
  private final QwenConfig config;
  private final Precision computed;
  private final KernelModule kernels;
  private final QwenBackbone backbone;

  /** Compiles the kernels. */
  public QwenGeneration(TorchEngine engine, QwenConfig config, Precision precision) {
    this.engine = engine;
    this.config = config;
    this.computed = engine.arithmetic(precision);
    this.kernels =
        KernelModule.compile(
            engine,
            QwenBackbone.text(config, precision, computed)
                .followedBy(QwenHead.text(config))
                .followedBy(QwenBackbone.cachedText(config))
                .followedBy(KernelSource.resource(QwenGeneration.class, "greedy.ts")));
    this.backbone = new QwenBackbone(config, kernels);
  }

  /**
   * A continuation and what it was chosen from.
   *
   * @param ids the prompt and what follows it
   * @param logits (V) of each step
   */
  public record Continuation(int[] ids, List<float[]> logits) {}

  /**
   * Continues a prompt with the likeliest symbol, so many times.
   *
   * @param prompt ids, at least one
   */
  public Continuation greedy(ModelWeights weights, int[] prompt, int symbols) {
    try (Scope scope = engine.openScope("generation")) {
      int[] ids = Arrays.copyOf(prompt, prompt.length + symbols);
      QwenCache cache =
          QwenCache.open(scope, config, backbone, weights, computed, new int[] {0}, ids.length);
      List<float[]> logits = new ArrayList<>();
      int fed = 0;
      for (int at = prompt.length; at < ids.length; at++) {
        float[] each = step(scope, weights, cache, Arrays.copyOfRange(ids, fed, at), fed);
        fed = at;
        logits.add(each);
        ids[at] = likeliest(each);
      }
      return new Continuation(ids, logits);
    }
  }

  private float[] step(Scope scope, ModelWeights weights, QwenCache cache, int[] ids, int at) {
    ParameterLayout layout = weights.layout();
    long[] fed = Arrays.stream(ids).asLongStream().toArray();
    try (Scope step = scope.open("step")) {
      return kernels
          .call(
              step,
              config.tied() ? "step_tied" : "step",
              step.longs(fed, 1, fed.length),
              weights.working(ParameterLayout.EMBEDDINGS),
              weights.working(layout.headBucket()),
              cache.blocks(),
              cache.caches(),
              cache.turns(),
              cache.open(),
              step.longs(new long[] {at}))
          .toFloats();
    }
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Override
  public void close() {
    kernels.close();
  }
}
