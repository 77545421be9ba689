package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatLayout.Parameter;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;

/**
 * The parameters of one network with the state of their optimiser, as flat fp32 arrays of the
 * layout's length, owned by the scope given.
 */
final class FlatParameters {
  private static final long START = 3;

  private final String name;
  private final FlatLayout layout;
  private final Array values;
  private final Array first;
  private final Array second;
  private final Array count;

  /** Starts at the values that PyTorch's layers start at, residual branches at a tenth of them. */
  FlatParameters(Scope owner, String name, FlatLayout layout, long seed) {
    this.name = name;
    this.layout = layout;
    long length = layout.length();
    values = owner.floats(start(layout, seed, name.hashCode()), length);
    first = owner.zeros(ElementType.FLOAT32, length);
    second = owner.zeros(ElementType.FLOAT32, length);
    count = owner.zeros(ElementType.FLOAT32, 1);
  }

  private static float[] start(FlatLayout layout, long seed, long network) {
    float[] start = new float[layout.length()];
    double bound = 0;
    for (int i = 0; i < layout.parameters().size(); i++) {
      Parameter p = layout.parameters().get(i);
      long key = CounterRandom.key(seed, START, network, i);
      boolean weight = p.name().endsWith("weight");
      if (weight) {
        bound = p.shape().size() == 1 ? 0 : 1 / Math.sqrt((double) p.length() / p.shape().get(0));
      }
      boolean branch = p.name().endsWith("conv2.weight") || p.name().endsWith("proj_out.weight");
      double reach = branch ? 0.1 * bound : bound;
      for (int k = 0; k < p.length(); k++) {
        double uniform = (2 * CounterRandom.uniform(key, k) - 1) * reach;
        start[p.offset() + k] = bound == 0 && weight ? 1 : (float) uniform;
      }
    }
    return start;
  }

  FlatLayout layout() {
    return layout;
  }

  Array values() {
    return values;
  }

  /** Arguments of the kernel of {@link OptimiserText}. */
  Object[] update(Array gradient, Array rate) {
    return new Object[] {values, gradient, first, second, count, rate};
  }

  void save(SafetensorsWriter writer) {
    writer.floats(name + ".values", values.toFloats(), layout.length());
    writer.floats(name + ".first", first.toFloats(), layout.length());
    writer.floats(name + ".second", second.toFloats(), layout.length());
    writer.floats(name + ".count", count.toFloats(), 1);
  }

  void load(SafetensorsFile file) throws IOException {
    restore(file, name + ".values", values);
    restore(file, name + ".first", first);
    restore(file, name + ".second", second);
    restore(file, name + ".count", count);
  }

  /** Copies a tensor of a checkpoint over an array of the same size. */
  static void restore(SafetensorsFile file, String tensor, Array target) throws IOException {
    float[] saved = file.floats(tensor);
    if (saved.length != target.size()) {
      throw new IOException(
          file.path()
              + ": "
              + tensor
              + " has "
              + saved.length
              + " values, these settings want "
              + target.size()
              + "; resume with the settings that the checkpoint was written with");
    }
    try (Scope work = target.scope().open("restore")) {
      CoreKernels.of(work.engine()).copy(target, work.floats(saved, target.shape()));
    }
  }
}
