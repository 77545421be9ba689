package io.hybnext.ops.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One message in protocol buffers' wire format, field by field. */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ProtoMessage number(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  ProtoMessage number(int field, double value) {
    tag(field, FIXED_64);
    littleEndian(Double.doubleToLongBits(value), Double.BYTES);
    return this;
  }

  ProtoMessage number(int field, float value) {
    tag(field, FIXED_32);
    littleEndian(Float.floatToIntBits(value), Float.BYTES);
    return this;
  }

  ProtoMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.toBytes());
  }

  ProtoMessage bytes(int field, byte[] value) {
    tag(field, BYTES);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  private void tag(int field, int kind) {
    varint((long) field << 3 | kind);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private void littleEndian(long bits, int bytes) {
    for (int shift = 0; shift < 8 * bytes; shift += 8) {
      out.write((int) (bits >>> shift));
    }
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
