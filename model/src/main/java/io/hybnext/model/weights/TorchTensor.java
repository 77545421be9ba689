package io.hybnext.model.weights;

import io.hybnext.model.weights.pickle.PickleException;
import java.util.Arrays;

/**
 * A view of a storage: element (i, j, ...) lies at {@code offset + i * strides[0] + j * strides[1]
 * ...}. All of it lies inside the storage, and it has no more elements than the storage.
 */
final class TorchTensor {
  private static final int MOST_DIMENSIONS = 32;

  private final TorchStorage storage;
  private final long offset;
  private final long[] shape;
  private final long[] strides;
  private final long size;
  private final long extent;

  TorchTensor(TorchStorage storage, long offset, long[] shape, long[] strides)
      throws PickleException {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape.clone();
    this.strides = strides.clone();
    want(shape.length == strides.length && shape.length <= MOST_DIMENSIONS, storage);
    want(offset >= 0, storage);
    long elements = 1;
    long last = 0;
    try {
      for (int i = 0; i < shape.length; i++) {
        want(shape[i] >= 0 && strides[i] >= 0, storage);
        elements = Math.multiplyExact(elements, shape[i]);
        if (shape[i] > 0) {
          last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
        }
      }
    } catch (ArithmeticException e) {
      want(false, storage);
    }
    this.size = elements;
    this.extent = elements == 0 ? 0 : last + 1;
    want(elements <= storage.size() && extent <= storage.size() - offset, storage);
  }

  private void want(boolean ok, TorchStorage of) throws PickleException {
    if (!ok) {
      throw new PickleException(
          String.format(
              "it has a tensor of shape %s, strides %s and offset %d, which does not fit into its"
                  + " storage of %d elements",
              shown(shape), shown(strides), offset, of.size()));
    }
  }

  private static String shown(long[] values) {
    String all = Arrays.toString(Arrays.copyOf(values, Math.min(8, values.length)));
    return values.length > 8 ? all + "..." : all;
  }

  TorchStorage storage() {
    return storage;
  }

  TensorType type() {
    return storage.type();
  }

  long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  long size() {
    return size;
  }

  /** First element, counted in the storage's block. */
  long begin() {
    return storage.offset() + offset;
  }

  /** Elements from the first to the last one, those between them that are not its own included. */
  long extent() {
    return extent;
  }

  /** Whether its elements lie one behind the other in row-major order. */
  boolean contiguous() {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected) {
        return size == 0;
      }
      expected *= Math.max(1, shape[i]);
    }
    return true;
  }

  /** Goes through the places of all elements in row-major order, counted from the first one. */
  final class Places {
    private final long[] index = new long[shape.length];
    private long place;

    /** The place of the next element; at most {@link #size} calls. */
    long next() {
      long current = place;
      for (int i = shape.length - 1; i >= 0; i--) {
        place += strides[i];
        if (++index[i] < shape[i]) {
          break;
        }
        place -= strides[i] * shape[i];
        index[i] = 0;
      }
      return current;
    }
  }
}
