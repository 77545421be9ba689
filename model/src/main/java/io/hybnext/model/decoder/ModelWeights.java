package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.decoder.ParameterLayout.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of one model: fp32 masters in host memory, a flat buffer a bucket, and working copies
 * on the device in working precision. In fp32 on the CPU both are the same memory. Used by one
 * thread at a time; frees the arrays on close, the buffers go with the garbage collector.
 */
public final class ModelWeights implements WorkingWeights {
  private final ParameterLayout layout;
  private final Scope scope;
  private final CoreKernels core;
  private final Precision precision;
  private final boolean onDevice; // arrays over host memory are copies of it
  private final boolean shared;
  private final List<ByteBuffer> masters = new ArrayList<>();
  private final List<Array> working = new ArrayList<>();
  private final Map<String, ByteBuffer> frozen = new LinkedHashMap<>();
  private final Map<String, Array> frozenArrays = new LinkedHashMap<>();

  /** Weights of zeros. */
  public ModelWeights(TorchEngine engine, ParameterLayout layout, Precision precision) {
    this.layout = layout;
    this.scope = engine.openScope("weights");
    this.core = CoreKernels.of(engine);
    this.precision = precision;
    this.onDevice = engine.device().kind() != ComputeDevice.Kind.CPU;
    this.shared = !onDevice && precision == Precision.FP32;
    for (ParameterLayout.Bucket bucket : layout.buckets()) {
      ByteBuffer master = allocate(bucket.length());
      masters.add(master);
      working.add(
          shared
              ? scope.map(master, ElementType.FLOAT32, bucket.length())
              : scope.zeros(precision.elementType(), bucket.length()));
    }
    for (Parameter parameter : layout.frozen()) {
      frozen.put(parameter.name(), allocate(parameter.length()));
      frozenChanged(parameter);
    }
  }

  private static ByteBuffer allocate(int elements) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(elements, Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  @Override
  public ParameterLayout layout() {
    return layout;
  }

  /**
   * Master weights of a bucket: direct, native order, from 0 to its capacity. After writing to it
   * call {@link #changed}.
   */
  public ByteBuffer master(int bucket) {
    return masters.get(bucket).duplicate().order(ByteOrder.nativeOrder());
  }

  /** Makes the working copy of a bucket follow its master weights. */
  public void changed(int bucket) {
    if (shared) {
      return;
    }
    try (Array master =
        scope.map(master(bucket), ElementType.FLOAT32, layout.buckets().get(bucket).length())) {
      core.copy(working.get(bucket), master);
    }
  }

  @Override
  public Array working(int bucket) {
    return working.get(bucket);
  }

  @Override
  public Array frozen(String name) {
    return frozenArrays.get(name);
  }

  /**
   * Master elements of one parameter or frozen tensor, a view.
   *
   * @throws IllegalArgumentException when the model has none of this name
   */
  public ByteBuffer parameter(String name) {
    if (frozen.containsKey(name)) {
      return frozen.get(name).duplicate().order(ByteOrder.nativeOrder());
    }
    Place place =
        layout
            .find(name)
            .orElseThrow(() -> new IllegalArgumentException("the model has no tensor " + name));
    int begin = place.parameter().offset() * Float.BYTES;
    return masters
        .get(place.bucket())
        .slice(begin, place.parameter().length() * Float.BYTES)
        .order(ByteOrder.nativeOrder());
  }

  @Override
  public void write(String name, int from, ByteBuffer values) {
    ByteBuffer target = parameter(name);
    int count = values.remaining() / Float.BYTES;
    if (from < 0 || (from + count) * (long) Float.BYTES > target.capacity()) {
      throw new IllegalArgumentException(
          name + " has " + target.capacity() / Float.BYTES + " elements, not " + (from + count));
    }
    target.position(from * Float.BYTES).put(values.duplicate());
    layout.find(name).ifPresent(place -> follow(place, from, count));
    layout.frozen().stream().filter(p -> p.name().equals(name)).forEach(this::frozenChanged);
  }

  /** Makes part of a parameter's working copy follow its master. */
  private void follow(Place place, int from, int count) {
    if (shared) {
      return;
    }
    int begin = place.parameter().offset() + from;
    ByteBuffer part = master(place.bucket()).position(begin * Float.BYTES);
    try (Scope now = scope.open("write");
        Array master = now.map(part, ElementType.FLOAT32, count)) {
      core.copy(core.slice(now, working.get(place.bucket()), begin, count), master);
    }
  }

  @Override
  public float[] values(String name) {
    FloatBuffer master = parameter(name).asFloatBuffer();
    float[] values = new float[master.remaining()];
    master.get(values);
    return values;
  }

  private void frozenChanged(Parameter parameter) {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    Array array = scope.map(frozen.get(parameter.name()), ElementType.FLOAT32, shape);
    Array before = frozenArrays.put(parameter.name(), array);
    if (before != null) {
      before.close();
    }
  }

  @Override
  public long hostBytes() {
    long elements = layout.length();
    for (Parameter parameter : layout.frozen()) {
      elements += parameter.length();
    }
    return elements * Float.BYTES;
  }

  @Override
  public long deviceBytes() {
    if (shared) {
      return 0;
    }
    long bytes = layout.length() * precision.elementType().sizeBytes();
    for (Parameter parameter : onDevice ? layout.frozen() : List.<Parameter>of()) {
      bytes += (long) parameter.length() * Float.BYTES;
    }
    return bytes;
  }

  /** Arrays held; always the same, whatever was computed with them. */
  public int liveArrays() {
    return scope.liveResources();
  }

  @Override
  public void close() {
    scope.close();
  }
}
