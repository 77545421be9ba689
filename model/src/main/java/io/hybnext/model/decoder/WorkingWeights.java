package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights that passes compute with, whoever may change them: {@link ModelWeights} has fp32
 * masters behind them, {@link FrozenWeights} nothing. Used by one thread at a time.
 */
public interface WorkingWeights extends AutoCloseable {

  /** Where each parameter lies. */
  ParameterLayout layout();

  /** Working weights of a bucket, flat; owned by this object. */
  Array working(int bucket);

  /**
   * The array of something that is stored with the weights but never trained, fp32 in its own
   * shape; owned by this object; null when there is none of this name.
   */
  Array frozen(String name);

  /**
   * Sets part of one parameter or frozen tensor.
   *
   * @param from first element, row-major
   * @param values direct, fp32, native order, from its position to its limit
   * @throws IllegalArgumentException when there is no such tensor or it ends before the values do
   */
  void write(String name, int from, ByteBuffer values);

  /**
   * Copies one parameter or frozen tensor out, row-major.
   *
   * @throws IllegalArgumentException when there is no such tensor
   */
  float[] values(String name);

  /** Bytes held in host memory beside the arrays. */
  long hostBytes();

  /** Bytes of the arrays that are no view of host memory. */
  long deviceBytes();

  @Override
  void close();

  /** Every parameter and frozen tensor with its shape, in the order of the layout. */
  default List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    layout().buckets().forEach(bucket -> all.addAll(bucket.parameters()));
    all.addAll(layout().frozen());
    return all;
  }

  /**
   * Sets one parameter or frozen tensor.
   *
   * @param values row-major, exactly as many as it has elements
   * @throws IllegalArgumentException when there is no such tensor or the length differs
   */
  default void set(String name, float[] values) {
    int length = parameterOf(name).length();
    if (length != values.length) {
      throw new IllegalArgumentException(
          name + " has " + length + " elements, not " + values.length);
    }
    int step = Math.min(length, 1 << 22);
    ByteBuffer piece = ByteBuffer.allocateDirect(step * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int from = 0; from < length; from += step) {
      int count = Math.min(step, length - from);
      FloatBuffer floats = piece.clear().asFloatBuffer();
      floats.put(values, from, count);
      write(name, from, piece.limit(count * Float.BYTES));
    }
  }

  /**
   * The parameter or frozen tensor of this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  default Parameter parameterOf(String name) {
    return layout()
        .find(name)
        .map(ParameterLayout.Place::parameter)
        .or(() -> layout().frozen().stream().filter(p -> p.name().equals(name)).findFirst())
        .orElseThrow(() -> new IllegalArgumentException("the model has no tensor " + name));
  }
}
