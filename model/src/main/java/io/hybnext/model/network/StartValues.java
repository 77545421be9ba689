package io.hybnext.model.network;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout.Parameter;
import java.util.Arrays;

/** What the parameters of a network are before training, as functions of a seed. */
public final class StartValues {
  private static final long NORMAL = 0x1417;
  private static final long UNIFORM = 3;
  private static final double BRANCH_SHARE = 0.1;

  private StartValues() {}

  /**
   * Gains (names ending in {@code .weight} with one dimension) 1, biases 0, matrices and
   * convolutions normal with deviation sqrt(2 / inputs) (He et al., 2015).
   *
   * @return (layout length) fp32, owned by {@code owner}
   */
  public static Array normal(Scope owner, FlatLayout layout, long seed) {
    float[] flat = new float[layout.length()];
    CounterRandom random = new CounterRandom(owner.engine());
    for (Parameter p : layout.parameters()) {
      if (p.shape().size() < 2) {
        Arrays.fill(
            flat, p.offset(), p.offset() + p.length(), p.name().endsWith(".weight") ? 1f : 0f);
        continue;
      }
      long[] key = {CounterRandom.key(seed, NORMAL, 0, p.offset())};
      try (Array normal = random.normal(owner, key, p.length())) {
        float[] draws = normal.toFloats();
        for (int i = 0; i < draws.length; i++) {
          flat[p.offset() + i] = (float) (draws[i] * Math.sqrt(2 / inputs(p)));
        }
      }
    }
    return owner.floats(flat, flat.length);
  }

  /**
   * As PyTorch's layers start: gains 1, weights and the biases behind them uniform within 1 /
   * sqrt(inputs); the last convolution of a residual or attention branch ({@code conv2}, {@code
   * proj_out}) at a tenth of that.
   *
   * @param network tells networks of one seed apart
   * @return (layout length) fp32, owned by {@code owner}
   */
  public static Array uniform(Scope owner, FlatLayout layout, long seed, String network) {
    float[] flat = new float[layout.length()];
    double bound = 0; // of a weight and of the bias behind it; 0 for norms
    for (int i = 0; i < layout.parameters().size(); i++) {
      Parameter p = layout.parameters().get(i);
      long key = CounterRandom.key(seed, UNIFORM, network.hashCode(), i);
      boolean weight = p.name().endsWith("weight");
      if (weight) {
        bound = p.shape().size() == 1 ? 0 : 1 / Math.sqrt(inputs(p));
      }
      boolean branch = p.name().endsWith("conv2.weight") || p.name().endsWith("proj_out.weight");
      double reach = branch ? BRANCH_SHARE * bound : bound;
      for (int k = 0; k < p.length(); k++) {
        double uniform = (2 * CounterRandom.uniform(key, k) - 1) * reach;
        flat[p.offset() + k] = bound == 0 && weight ? 1 : (float) uniform;
      }
    }
    return owner.floats(flat, flat.length);
  }

  private static double inputs(Parameter p) {
    return (double) p.length() / p.shape().get(0);
  }
}
