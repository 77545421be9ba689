package io.hybnext.model.decoder;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;

/** Kernel text that decoders share: norms, feed-forward, dropout, half-split rotation, losses. */
public final class DecoderKernels {
  private DecoderKernels() {}

  /**
   * The methods of {@code random.ts} and {@code decoder.ts}; a network's own follow and call them.
   *
   * @param stored type of weights and of what goes from call to call
   * @param computed type of everything inside a call
   * @param normEps added to the mean square inside RMSNorm
   */
  public static KernelSource source(Precision stored, Precision computed, double normEps) {
    return CounterRandom.text()
        .followedBy(KernelSource.resource(DecoderKernels.class, "decoder.ts"))
        .with("type", computed.elementType().torchNumber())
        .with("carry", stored.elementType().torchNumber())
        .with("eps", normEps);
  }
}
