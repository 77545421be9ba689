package io.hybnext.gpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The few operations that every module needs and DJL lacks or does wrongly for bf16: casts and
 * copies. Kernel text: {@code core.ts}. Thread-safe.
 */
public final class CoreKernels {
  private static final AtomicReference<CoreKernels> INSTANCE = new AtomicReference<>();

  private static final long READ_PIECE = 1 << 22;

  private final KernelModule kernels;

  private CoreKernels(TorchEngine engine) {
    kernels = KernelModule.compile(engine, KernelSource.resource(CoreKernels.class, "core.ts"));
  }

  /** The kernels of the process's engine. */
  public static CoreKernels of(TorchEngine engine) {
    CoreKernels present = INSTANCE.get();
    if (present != null) {
      return present;
    }
    synchronized (INSTANCE) {
      if (INSTANCE.get() == null) {
        INSTANCE.set(new CoreKernels(engine));
      }
      return INSTANCE.get();
    }
  }

  /** A copy of {@code x} with another element type, outside any graph; {@code owner} owns it. */
  public Array cast(Scope owner, Array x, ElementType type) {
    return kernels.call(owner, "to_" + type.name().toLowerCase(java.util.Locale.ROOT), x);
  }

  /** Ones of the shape and type of {@code x}; {@code owner} owns them. */
  public Array onesLike(Scope owner, Array x) {
    return kernels.call(owner, "ones_like", x);
  }

  /**
   * Copies {@code source} over {@code target}, converting type and device; same number of elements.
   */
  public void copy(Array target, Array source) {
    kernels.call(target.scope(), "copy", target, source).close();
  }

  /** Adds {@code source} to {@code target} in place; same shape. */
  public void add(Array target, Array source) {
    kernels.call(target.scope(), "add", target, source).close();
  }

  /** {@code x[start .. start + length)} along the first dimension, sharing memory. */
  public Array slice(Scope owner, Array x, long start, long length) {
    try (Array from = owner.longs(new long[] {start});
        Array count = owner.longs(new long[] {length})) {
      return kernels.call(owner, "slice", x, from, count);
    }
  }

  /** {@code x} with one dimension, sharing memory; for contiguous arrays. */
  public Array flat(Scope owner, Array x) {
    return kernels.call(owner, "flat", x);
  }

  /**
   * Copies {@code source} into host memory, converting to fp32.
   *
   * @param target direct, native order, at least 4 bytes an element from its position
   */
  public void readFloats(Array source, ByteBuffer target) {
    Scope scope = source.scope();
    long n = source.size();
    if (scope.engine().device().kind() == ComputeDevice.Kind.CPU) {
      try (Array host = scope.map(target, ElementType.FLOAT32, n)) {
        copy(host, source);
      }
      return;
    }
    FloatBuffer floats = target.slice().order(ByteOrder.nativeOrder()).asFloatBuffer();
    try (Array flat = flat(scope, source)) {
      for (long from = 0; from < n; from += READ_PIECE) { // each passes through the Java heap
        try (Array piece = slice(scope, flat, from, Math.min(READ_PIECE, n - from))) {
          floats.put(floats(piece));
        }
      }
    }
  }

  float[] floats(Array x) {
    try (Array wide = cast(x.scope(), x, ElementType.FLOAT32)) {
      return wide.rawFloats();
    }
  }

  long[] longs(Array x) {
    try (Array wide = cast(x.scope(), x, ElementType.INT64)) {
      return wide.rawLongs();
    }
  }

  byte[] bytes(Array x) {
    try (Array raw = cast(x.scope(), x, ElementType.UINT8)) {
      return raw.rawBytes();
    }
  }

  /** Runs one of the methods of {@code core.ts} by name. */
  List<Array> run(Scope owner, String method, Object... arguments) {
    return kernels.callMany(owner, method, arguments);
  }
}
