package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.decoder.ParameterLayout.Place;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Weights that nothing trains, held once: on the device, in working precision, without masters,
 * moments or gradients. In bf16 they are the bf16 roundings of what was written, so a pass sees the
 * same numbers as with masters behind them.
 */
public final class FrozenWeights implements WorkingWeights {
  private final ParameterLayout layout;
  private final Precision precision;
  private final Scope scope;
  private final CoreKernels core;
  private final Map<Integer, Array> working = new HashMap<>();
  private final Map<String, Array> frozen = new LinkedHashMap<>();

  /**
   * Weights of zeros.
   *
   * @param held whether a bucket is held at all; others are somebody else's
   */
  public FrozenWeights(
      TorchEngine engine, ParameterLayout layout, Precision precision, IntPredicate held) {
    this.layout = layout;
    this.precision = precision;
    this.scope = engine.openScope("frozen weights");
    this.core = CoreKernels.of(engine);
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      if (held.test(bucket)) {
        int length = layout.buckets().get(bucket).length();
        working.put(bucket, scope.zeros(precision.elementType(), length));
      }
    }
    for (Parameter parameter : layout.frozen()) {
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      frozen.put(parameter.name(), scope.zeros(ElementType.FLOAT32, shape));
    }
  }

  @Override
  public ParameterLayout layout() {
    return layout;
  }

  /** Whether this object holds a bucket. */
  public boolean holds(int bucket) {
    return working.containsKey(bucket);
  }

  @Override
  public Array working(int bucket) {
    Array held = working.get(bucket);
    if (held == null) {
      Bucket of = layout.buckets().get(bucket);
      throw new IllegalArgumentException("bucket " + of.name() + " is trained, not frozen");
    }
    return held;
  }

  @Override
  public Array frozen(String name) {
    return frozen.get(name);
  }

  @Override
  public void write(String name, int from, ByteBuffer values) {
    int count = values.remaining() / Float.BYTES;
    Parameter parameter = parameterOf(name);
    if (from < 0 || from + count > parameter.length()) {
      throw new IllegalArgumentException(
          name + " has " + parameter.length() + " elements, not " + (from + count));
    }
    try (Scope now = scope.open("write");
        Array source = now.map(values, ElementType.FLOAT32, count)) {
      core.copy(part(now, name, from, count), source);
    }
  }

  @Override
  public float[] values(String name) {
    try (Scope now = scope.open("read")) {
      return part(now, name, 0, parameterOf(name).length()).toFloats();
    }
  }

  private Array part(Scope now, String name, int from, int count) {
    Array whole = frozen.get(name);
    if (whole != null) {
      return core.slice(now, core.flat(now, whole), from, count);
    }
    Place place = layout.find(name).orElseThrow();
    return core.slice(
        now, working(place.bucket()), (long) place.parameter().offset() + from, count);
  }

  @Override
  public long hostBytes() {
    return 0;
  }

  @Override
  public long deviceBytes() {
    long bytes = 0;
    for (Array array : working.values()) {
      bytes += array.size() * precision.elementType().sizeBytes();
    }
    for (Array array : frozen.values()) {
      bytes += array.size() * Float.BYTES;
    }
    return bytes;
  }

  @Override
  public void close() {
    scope.close();
  }
}
