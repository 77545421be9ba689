package io.hybnext.gpu;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An array on the engine's device: a handle whose memory its {@link Scope} frees, or {@link #close}
 * before that. Used by one thread at a time.
 */
public final class Array implements AutoCloseable {
  private final Scope scope;
  private final PtNDArray handle;

  Array(Scope scope, PtNDArray handle) {
    this.scope = scope;
    this.handle = handle;
  }

  /** Length of every dimension; empty for a single value. */
  public long[] shape() {
    return handle.getShape().getShape();
  }

  /** Length of one dimension, counted from the end when negative. */
  public long size(int dimension) {
    long[] shape = shape();
    return shape[dimension < 0 ? shape.length + dimension : dimension];
  }

  /** Number of elements. */
  public long size() {
    return handle.getShape().size();
  }

  /** The scope it was made in. */
  public Scope scope() {
    return scope;
  }

  /** Copies the elements out; converts from any floating type. */
  public float[] toFloats() {
    return CoreKernels.of(scope.engine()).floats(this);
  }

  /** Copies the elements out; for integer arrays. */
  public long[] toLongs() {
    return CoreKernels.of(scope.engine()).longs(this);
  }

  /** Copies the elements out as unsigned bytes; for arrays of {@code UINT8} or {@code BOOL}. */
  public byte[] toBytes() {
    return CoreKernels.of(scope.engine()).bytes(this);
  }

  /** The value of an array with one element. */
  public float item() {
    float[] values = toFloats();
    if (values.length != 1) {
      throw new IllegalStateException("item of an array of shape " + Arrays.toString(shape()));
    }
    return values[0];
  }

  /**
   * The same memory as a new leaf of the graph of derivatives, owned by the given scope. Its
   * gradient is there after {@link Autograd#backward}.
   */
  public Array leaf(Scope owner) {
    Array leaf = owner.wrap(JniUtils.detachGradient(handle));
    leaf.handle.setRequiresGradient(true);
    return leaf;
  }

  /** The same memory without a graph of derivatives, owned by the given scope. */
  public Array detach(Scope owner) {
    return owner.wrap(JniUtils.detachGradient(handle));
  }

  /**
   * The elements as bytes in host memory, in native order: the array's own memory when it is
   * contiguous and on the CPU, else a copy. Valid until the array or its scope is closed; not for
   * {@code BFLOAT16}.
   */
  public ByteBuffer memory() {
    return handle.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  float[] rawFloats() {
    return handle.toFloatArray();
  }

  long[] rawLongs() {
    return handle.toLongArray();
  }

  byte[] rawBytes() {
    ByteBuffer bytes = handle.toByteBuffer(false).order(ByteOrder.nativeOrder());
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  PtNDArray handle() {
    return handle;
  }

  /** Frees the handle now; the memory goes when no graph holds it. A second call does nothing. */
  @Override
  public void close() {
    handle.close();
  }

  @Override
  public String toString() {
    return "Array" + Arrays.toString(shape());
  }
}
