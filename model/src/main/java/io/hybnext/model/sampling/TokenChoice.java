package io.hybnext.model.sampling;

import io.hybnext.gpu.KernelSource;

/** How a token is chosen from logits: guidance, temperature, top-k, top-p, one uniform number. */
public final class TokenChoice {
  private TokenChoice() {}

  /**
   * The methods {@code guide(z, scale)}, {@code probabilities(z, rates, top_k)}, {@code
   * drawn_from(p, words)} and {@code choose(z, words, rates, top_k, greedy)} for kernels that draw
   * within.
   */
  public static KernelSource text() {
    return KernelSource.resource(TokenChoice.class, "choice.ts");
  }
}
