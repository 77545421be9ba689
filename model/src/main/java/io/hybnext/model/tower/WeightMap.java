package io.hybnext.model.tower;

import io.hybnext.file.Sha256;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where the parameters of a network stand in a checkpoint of one project: each under one key, or
 * stacked of several along the first dimension (separate query, key and value matrices). Parameters
 * keep the order in which they were added.
 */
public final class WeightMap {
  private static final float DEVIATION = 0.02f;

  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final Predicate<String> foreign;

  /** One parameter: its canonical shape, the shape in the file of each key, and the keys. */
  private record Source(long[] shape, long[] keyShape, List<String> keys) {
    int length() {
      return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }
  }

  /**
   * An empty map.
   *
   * @param foreign keys of the checkpoint that belong to other networks in the same file
   */
  WeightMap(Predicate<String> foreign) {
    this.foreign = foreign;
  }

  /** Adds a parameter that stands under one key with its own shape. */
  void add(String name, String key, long... shape) {
    put(name, new Source(shape, shape, List.of(key)));
  }

  /** Adds a parameter that stands under one key with other dimensions, as many elements. */
  void addReshaped(String name, String key, long[] keyShape, long... shape) {
    put(name, new Source(shape, keyShape, List.of(key)));
  }

  /** Adds a parameter that is stacked of equal parts along the first dimension. */
  void addStacked(String name, List<String> keys, long... shape) {
    long[] part = shape.clone();
    part[0] /= keys.size();
    put(name, new Source(shape, part, keys));
  }

  private void put(String name, Source source) {
    if (sources.putIfAbsent(name, source) != null) {
      throw new IllegalStateException("parameter " + name + " twice");
    }
  }

  /** Shapes in the file, by key. */
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    sources.values().forEach(s -> s.keys().forEach(key -> shapes.put(key, s.keyShape().clone())));
    return shapes;
  }

  /** Whether a key of the checkpoint belongs to another network in the same file. */
  public boolean isForeign(String key) {
    return foreign.test(key);
  }

  /** Number of elements of all parameters. */
  long elements() {
    return sources.values().stream().mapToLong(Source::length).sum();
  }

  /**
   * Reads every parameter.
   *
   * @param precision the weights are rounded to
   * @return arrays by canonical name, owned by {@code owner}, of the type that {@code precision} is
   *     calculated in
   * @throws io.hybnext.model.weights.CheckpointException naming what is missing, extra or of
   *     another shape
   */
  TowerWeights load(Scope owner, Checkpoint file, Precision precision) throws IOException {
    check(file);
    Map<String, Array> arrays = new LinkedHashMap<>();
    for (Map.Entry<String, Source> entry : sources.entrySet()) {
      Source source = entry.getValue();
      float[] values = new float[source.length()];
      int at = 0;
      for (String key : source.keys()) {
        float[] part = file.floats(key);
        System.arraycopy(part, 0, values, at, part.length);
        at += part.length;
      }
      arrays.put(entry.getKey(), array(owner, values, source.shape(), precision));
    }
    return new TowerWeights(arrays);
  }

  /**
   * What tells these weights from others, whatever file and key layout they stand in.
   *
   * @param settings of everything else that a result depends on
   * @return SHA-256 of settings and weights, 64 hex digits
   */
  String fingerprint(Checkpoint file, String settings) throws IOException {
    check(file);
    Sha256 hash = new Sha256().add(settings);
    for (Source source : sources.values()) {
      for (String key : source.keys()) {
        hash.add(file.entry(key).type().name());
        file.stream(key, hash::add);
      }
    }
    return hash.hex();
  }

  private void check(Checkpoint file) throws IOException {
    Set<String> ignored = new LinkedHashSet<>();
    file.names().stream().filter(foreign).forEach(ignored::add);
    WeightLoader.check(file, shapes(), ignored);
  }

  /**
   * Random weights for measurements: matrices and tables normal with deviation 0.02, gains 1,
   * biases 0.
   */
  TowerWeights random(Scope owner, long seed, Precision precision) {
    Map<String, Array> arrays = new LinkedHashMap<>();
    CounterRandom random = new CounterRandom(owner.engine());
    List<String> names = new ArrayList<>(sources.keySet());
    for (int i = 0; i < names.size(); i++) {
      Source source = sources.get(names.get(i));
      float[] values = new float[source.length()];
      if (source.shape().length > 1) {
        long[] key = {CounterRandom.key(seed, 0x70e4, 0, i)};
        try (Array normal = random.normal(owner, key, values.length)) {
          values = normal.toFloats();
        }
        for (int k = 0; k < values.length; k++) {
          values[k] *= DEVIATION;
        }
      } else if (names.get(i).endsWith("norm.weight")) {
        Arrays.fill(values, 1);
      }
      arrays.put(names.get(i), array(owner, values, source.shape(), precision));
    }
    return new TowerWeights(arrays);
  }

  private static Array array(Scope owner, float[] values, long[] shape, Precision precision) {
    Array full = owner.floats(values, shape);
    if (precision == Precision.FP32) {
      return full;
    }
    CoreKernels core = CoreKernels.of(owner.engine());
    ElementType type = owner.engine().arithmetic(precision).elementType();
    try (full;
        Array rounded = core.cast(owner, full, ElementType.BFLOAT16)) {
      return core.cast(owner, rounded, type);
    }
  }
}
