package io.hybnext.actors.exchange;

import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;

/**
 * Shows the memory behind a buffer of Agrona's as a {@link ByteBuffer}, which is what a cipher
 * writes to, so that a sealed message need not be copied to where it belongs. Logs and slots are
 * mapped in few pieces, which come again and again; there is one view of each. Not for several
 * threads.
 */
final class MessageMemory {
  private final Map<Object, ByteBuffer> views = new IdentityHashMap<>();

  /**
   * The memory from an index on: position and limit tell {@code length} bytes. Valid until the next
   * call.
   */
  ByteBuffer view(DirectBuffer buffer, int index, int length) {
    ByteBuffer mapped = buffer.byteBuffer();
    Object memory = mapped == null ? buffer.byteArray() : mapped;
    ByteBuffer view = views.get(memory);
    if (view == null) {
      view = mapped == null ? ByteBuffer.wrap(buffer.byteArray()) : mapped.duplicate();
      views.put(memory, view);
    }
    int start = buffer.wrapAdjustment() + index;
    return view.clear().position(start).limit(start + length);
  }
}
