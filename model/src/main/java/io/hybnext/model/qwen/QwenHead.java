package io.hybnext.model.qwen;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.ParameterLayout;

/** The language model's head: final norm and output matrix, which may be the embedding table. */
final class QwenHead {
  private final QwenConfig config;
  private final KernelModule kernels;

  QwenHead(QwenConfig config, KernelModule kernels) {
    this.config = config;
    this.kernels = kernels;
  }

  static KernelSource text(QwenConfig config) {
    ParameterLayout layout = config.layout();
    return KernelSource.resource(QwenHead.class, "language_model.ts")
        .with("head_sizes", layout.buckets().get(layout.headBucket()).sizes());
  }

  /** Logits (B, S, V) fp32 of states (B, S, D). */
  Array logits(Scope scope, Array x, BucketArrays weights) {
    return config.tied()
        ? kernels.call(scope, "logits_tied", x, weights.head(), weights.embeddings())
        : kernels.call(scope, "logits", x, weights.head());
  }

  Array finalNorm(Scope scope, Array x, Array flat) {
    return kernels.call(scope, "final_norm", x, flat);
  }

  /** Mean cross entropy of logits against labels (B, S), shifted by one inside. */
  Array loss(Scope scope, Array logits, Array labels) {
    return kernels.call(scope, "next_token_loss", logits, labels);
  }

  /** Cross entropy of each of (B, S - 1) predictions; 0 where ignored. */
  Array losses(Scope scope, Array logits, Array labels) {
    return kernels.call(scope, "next_token_losses", logits, labels);
  }
}
