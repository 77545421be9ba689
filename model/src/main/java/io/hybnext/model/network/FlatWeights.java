package io.hybnext.model.network;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout.Parameter;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Fills a flat array of parameters from a file or at random, and writes it by name. */
public final class FlatWeights {
  private FlatWeights() {}

  /**
   * Reads every parameter of a layout.
   *
   * @return (layout length) fp32, owned by {@code owner}
   * @throws io.hybnext.model.weights.SafetensorsException naming what is missing, extra or of
   *     another shape
   */
  public static Array load(
      Scope owner, FlatLayout layout, SafetensorsFile file, Set<String> ignored)
      throws IOException {
    Map<String, long[]> expected = new LinkedHashMap<>();
    layout.parameters().forEach(p -> expected.put(p.name(), p.dimensions()));
    WeightLoader.check(file, expected, ignored);
    float[] flat = new float[layout.length()];
    for (Parameter p : layout.parameters()) {
      System.arraycopy(file.floats(p.name()), 0, flat, p.offset(), p.length());
    }
    return owner.floats(flat, flat.length);
  }

  /** Adds every parameter to a file as fp32. */
  public static void save(Array flat, FlatLayout layout, SafetensorsWriter writer) {
    float[] values = flat.toFloats();
    for (Parameter p : layout.parameters()) {
      float[] part = Arrays.copyOfRange(values, p.offset(), p.offset() + p.length());
      writer.floats(p.name(), part, p.dimensions());
    }
  }

  /**
   * Usual start values: gains (names ending in {@code .weight} with one dimension) 1, biases 0,
   * matrices and convolutions normal with deviation sqrt(2 / inputs) (He et al., 2015).
   *
   * @return (layout length) fp32, owned by {@code owner}
   */
  public static Array initial(Scope owner, FlatLayout layout, long seed) {
    float[] flat = new float[layout.length()];
    CounterRandom random = new CounterRandom(owner.engine());
    for (Parameter p : layout.parameters()) {
      if (p.shape().size() < 2) {
        Arrays.fill(
            flat, p.offset(), p.offset() + p.length(), p.name().endsWith(".weight") ? 1f : 0f);
        continue;
      }
      double inputs = (double) p.length() / p.shape().get(0);
      long[] key = {CounterRandom.key(seed, 0x1417, 0, p.offset())};
      try (Array normal = random.normal(owner, key, p.length())) {
        float[] draws = normal.toFloats();
        for (int i = 0; i < draws.length; i++) {
          flat[p.offset() + i] = (float) (draws[i] * Math.sqrt(2 / inputs));
        }
      }
    }
    return owner.floats(flat, flat.length);
  }
}
