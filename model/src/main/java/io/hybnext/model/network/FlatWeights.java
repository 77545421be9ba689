package io.hybnext.model.network;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout.Parameter;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Moves a flat array of parameters from and to files that know them by name. */
public final class FlatWeights {
  private FlatWeights() {}

  /**
   * Reads every parameter of a layout, whatever its element type in the file.
   *
   * @param others shapes by name of the tensors that the file must hold besides
   * @param ignored names that it may hold besides
   * @return (layout length) fp32, owned by {@code owner}
   * @throws io.hybnext.model.weights.CheckpointException naming what is missing, extra or of
   *     another shape
   */
  public static Array load(
      Scope owner,
      FlatLayout layout,
      Checkpoint file,
      Map<String, long[]> others,
      Set<String> ignored)
      throws IOException {
    Map<String, long[]> expected = new LinkedHashMap<>();
    layout.parameters().forEach(p -> expected.put(p.name(), p.dimensions()));
    expected.putAll(others);
    WeightLoader.check(file, expected, ignored);
    CoreKernels core = CoreKernels.of(owner.engine());
    Array flat = owner.zeros(ElementType.FLOAT32, layout.length());
    try (Scope work = owner.open("load weights")) {
      for (Parameter p : layout.parameters()) {
        Array value = WeightLoader.load(work, file, p.name(), ElementType.FLOAT32);
        core.copy(core.slice(work, flat, p.offset(), p.length()), value);
      }
    }
    return flat;
  }

  /** Adds one tensor to a file: {@link SafetensorsWriter#floats}, or another of its adders. */
  @FunctionalInterface
  public interface Adder {
    /** Adds fp32 values of a shape under a name. */
    void add(String name, float[] values, long... shape);
  }

  /**
   * Adds every parameter to a file, in the precision that {@code adder} writes.
   *
   * @param flat (length of {@code layout} or more; what comes behind it is left out)
   */
  public static void save(Array flat, FlatLayout layout, Adder adder) {
    float[] values = flat.toFloats();
    for (Parameter p : layout.parameters()) {
      float[] part = Arrays.copyOfRange(values, p.offset(), p.offset() + p.length());
      adder.add(p.name(), part, p.dimensions());
    }
  }
}
