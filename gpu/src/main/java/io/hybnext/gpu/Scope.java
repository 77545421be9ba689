package io.hybnext.gpu;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/**
 * Owner of arrays: closing it frees them and every child scope. A training step runs in one scope,
 * so that nothing can outlive it by accident. Used by one thread at a time.
 */
public final class Scope implements AutoCloseable {
  private final TorchEngine engine;
  private final String name;
  private final PtNDManager manager;

  Scope(TorchEngine engine, String name, PtNDManager manager) {
    this.engine = engine;
    this.name = name;
    this.manager = manager;
    manager.setName(name);
  }

  /** Opens a scope inside this one; it ends with this one at the latest. */
  public Scope open(String childName) {
    return new Scope(engine, childName, (PtNDManager) manager.newSubManager());
  }

  /** The engine that the arrays belong to. */
  public TorchEngine engine() {
    return engine;
  }

  /** A new array with these values. */
  public Array floats(float[] values, long... shape) {
    return wrap(
        manager.create(FloatBuffer.wrap(values), new Shape(shape), ElementType.FLOAT32.djl()));
  }

  /** A new array with these values. */
  public Array longs(long[] values, long... shape) {
    return wrap(manager.create(LongBuffer.wrap(values), new Shape(shape), ElementType.INT64.djl()));
  }

  /** A new array with these values. */
  public Array ints(int[] values, long... shape) {
    return wrap(manager.create(IntBuffer.wrap(values), new Shape(shape), ElementType.INT32.djl()));
  }

  /** A new array of unsigned bytes with these values. */
  public Array bytes(byte[] values, long... shape) {
    return wrap(manager.create(ByteBuffer.wrap(values), new Shape(shape), ElementType.UINT8.djl()));
  }

  /** A new array with one element and no dimension. */
  public Array scalar(float value) {
    return floats(new float[] {value});
  }

  /** A new array of zeros. */
  public Array zeros(ElementType type, long... shape) {
    if (type == ElementType.BFLOAT16) {
      try (Array wide = zeros(ElementType.FLOAT32, shape)) {
        return CoreKernels.of(engine).cast(this, wide, type);
      }
    }
    return wrap((PtNDArray) manager.zeros(new Shape(shape), type.djl()));
  }

  /** A new array of ones. */
  public Array ones(long... shape) {
    return wrap((PtNDArray) manager.ones(new Shape(shape)));
  }

  /**
   * An array over the buffer's memory on the CPU, a copy of it on a GPU. On the CPU, writes to
   * either are seen in the other; the array keeps the buffer alive.
   *
   * @param memory direct, native byte order, from its position; long enough for the shape
   * @param type any but {@code BFLOAT16}, which DJL cannot map: map fp32 and cast
   */
  public Array map(ByteBuffer memory, ElementType type, long... shape) {
    long wanted = new Shape(shape).size() * type.sizeBytes();
    if (!memory.isDirect() || memory.remaining() < wanted || type == ElementType.BFLOAT16) {
      throw new IllegalArgumentException(
          "map: want a direct buffer of at least "
              + wanted
              + " bytes and no BFLOAT16, got "
              + memory);
    }
    ByteBuffer exact = memory.slice(memory.position(), Math.toIntExact(wanted));
    return wrap(manager.create(exact.order(ByteOrder.nativeOrder()), new Shape(shape), type.djl()));
  }

  /** Takes the array over from its owner. */
  public Array adopt(Array array) {
    array.handle().attach(manager);
    return array;
  }

  /** Arrays and child scopes that this scope owns now, those of its children not counted. */
  public int liveResources() {
    return manager.getManagedArrays().size();
  }

  Array wrap(PtNDArray handle) {
    if (handle.getManager() != manager) {
      handle.attach(manager);
    }
    return new Array(this, handle);
  }

  PtNDManager manager() {
    return manager;
  }

  @Override
  public void close() {
    manager.close();
  }

  @Override
  public String toString() {
    return "Scope[" + name + "]";
  }
}
