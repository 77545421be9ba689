package io.hybnext.ops.wiring;

import io.hybnext.model.training.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory for the copies that a trainer writes its checkpoints from, kept from one checkpoint to the
 * next: steps wait for the copy, and memory that is fresh costs several times what the copying
 * does, since the system clears it page by page. From any thread.
 */
final class CheckpointMemory {
  private final Map<Integer, Deque<ByteBuffer>> free = new HashMap<>(); // by bytes

  /** The same numbers in memory that is given back with {@link #giveBack}. */
  HostTensor copy(HostTensor tensor) {
    ByteBuffer own = take(tensor.data().remaining());
    own.put(tensor.data().duplicate()).flip();
    return new HostTensor(tensor.name(), tensor.shape(), own);
  }

  private synchronized ByteBuffer take(int bytes) {
    Deque<ByteBuffer> fitting = free.get(bytes);
    return fitting == null || fitting.isEmpty()
        ? ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())
        : fitting.pop().clear();
  }

  /** Takes back a copy's memory; nobody may read it any more. */
  synchronized void giveBack(HostTensor copy) {
    ByteBuffer own = copy.data();
    free.computeIfAbsent(own.capacity(), bytes -> new ArrayDeque<>()).push(own);
  }

  /** Lets go of what is free: other parts will be written than up to now. */
  synchronized void trim() {
    free.clear();
  }

  /** Bytes that are free. */
  synchronized long freeBytes() {
    return free.entrySet().stream()
        .mapToLong(of -> (long) of.getKey() * of.getValue().size())
        .sum();
  }
}
