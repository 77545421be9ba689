package io.hybnext.ops.tensorboard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads event files by the formats' descriptions alone: shares nothing with the writer, the check
 * sum is worked out bit by bit.
 */
final class RecordReader {
  private static final int POLYNOMIAL = 0x82F63B78; // Castagnoli, reversed

  private RecordReader() {}

  /** The fields of every event: numbers as Long, fixed ones as raw bits, the rest as bytes. */
  static List<Map<Integer, List<Object>>> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Map<Integer, List<Object>>> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = take(in, 8);
      check(length, in.getInt());
      long bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
      byte[] data = take(in, Math.toIntExact(bytes));
      check(data, in.getInt());
      events.add(fields(data));
    }
    return events;
  }

  private static byte[] take(ByteBuffer in, int bytes) {
    byte[] taken = new byte[bytes];
    in.get(taken);
    return taken;
  }

  private static void check(byte[] data, int masked) throws IOException {
    int crc = -1;
    for (byte one : data) {
      crc ^= one & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
      }
    }
    crc = ~crc;
    int wanted = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    if (wanted != masked) {
      throw new IOException("check sum " + masked + ", not " + wanted);
    }
  }

  static Map<Integer, List<Object>> fields(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, List<Object>> fields = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      Object value =
          switch ((int) (tag & 7)) {
            case 0 -> varint(in);
            case 1 -> in.getLong();
            case 2 -> take(in, Math.toIntExact(varint(in)));
            case 5 -> in.getInt();
            default -> throw new IllegalArgumentException("wire type of tag " + tag);
          };
      fields.computeIfAbsent((int) (tag >> 3), field -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  static Map<Integer, List<Object>> message(Map<Integer, List<Object>> of, int field, int index) {
    return fields((byte[]) of.get(field).get(index));
  }

  static String text(Map<Integer, List<Object>> of, int field) {
    return new String((byte[]) of.get(field).get(0), StandardCharsets.UTF_8);
  }
}
