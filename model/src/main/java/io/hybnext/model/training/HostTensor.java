package io.hybnext.model.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Named fp32 numbers in host memory, as checkpoints hold them.
 *
 * @param name key in the file
 * @param shape lengths, row-major
 * @param data direct, native order, from its position to its limit
 */
public record HostTensor(String name, List<Integer> shape, ByteBuffer data) {

  /** Copies the shape; the data has position and limit of its own. */
  public HostTensor {
    shape = List.copyOf(shape);
    data = data.duplicate().order(ByteOrder.nativeOrder());
  }

  /** The same numbers in memory of their own. */
  public HostTensor copy() {
    ByteBuffer own = ByteBuffer.allocateDirect(data.remaining()).order(ByteOrder.nativeOrder());
    own.put(data.duplicate()).flip();
    return new HostTensor(name, shape, own);
  }
}
