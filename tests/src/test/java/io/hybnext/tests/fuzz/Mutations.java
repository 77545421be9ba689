package io.hybnext.tests.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes sound bytes a little: bits, words of the format, extreme numbers, blocks, ends. */
final class Mutations {
  private static final int[] EXTREMES = {
    0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xff, 0x7fff0000, 1 << 28
  };
  private static final String[] NUMBERS = {
    "0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "1000",
    "65536",
    "100000000",
    "2147483647",
    "-2147483648",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "1e308",
    "-1e-320",
    "1e999999999",
    "0.5",
    "null",
    "true",
    "[]",
    "{}",
    "\"x\"",
    "[1,2]",
    "[[[[[[[["
  };
  private static final int LONGEST_BLOCK = 256;

  private final List<byte[]> words;
  private final Random random;

  Mutations(List<String> words, long seed) {
    this.words = words.stream().map(w -> w.getBytes(StandardCharsets.ISO_8859_1)).toList();
    this.random = new Random(seed);
  }

  /** One to four changes; never empty. */
  byte[] of(byte[] sound) {
    byte[] bytes = sound.clone();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count && bytes.length > 2; i++) {
      bytes = change(bytes, random.nextInt(bytes.length));
    }
    return bytes;
  }

  private byte[] change(byte[] bytes, int at) {
    return switch (random.nextInt(12)) {
      case 0 -> byteAt(bytes, at, bytes[at] ^ (1 << random.nextInt(8)));
      case 1 -> byteAt(bytes, at, random.nextInt());
      case 2 -> spliced(bytes, at, word(), random.nextInt(8));
      case 3 -> spliced(bytes, at, word(), 0);
      case 4 -> binaryNumber(bytes, at);
      case 5 -> spliced(bytes, at, block(bytes), 0);
      case 6 -> overwritten(bytes, at, block(bytes));
      case 7 -> random.nextInt(4) == 0 ? Arrays.copyOf(bytes, Math.max(1, at)) : bytes;
      case 8 -> spliced(bytes, at, new byte[0], 1 + random.nextInt(16));
      default -> writtenNumber(bytes, at);
    };
  }

  private byte[] word() {
    return words.isEmpty()
        ? new byte[] {(byte) random.nextInt()}
        : words.get(random.nextInt(words.size()));
  }

  private byte[] block(byte[] bytes) {
    int length = Math.min(bytes.length, 1 + random.nextInt(LONGEST_BLOCK));
    int from = random.nextInt(bytes.length - length + 1);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  private static byte[] byteAt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  private static byte[] overwritten(byte[] bytes, int at, byte[] block) {
    System.arraycopy(block, 0, bytes, at, Math.min(block.length, bytes.length - at));
    return bytes;
  }

  private byte[] binaryNumber(byte[] bytes, int at) {
    ByteBuffer all =
        ByteBuffer.wrap(bytes)
            .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if (at + Long.BYTES <= bytes.length) {
      int value = EXTREMES[random.nextInt(EXTREMES.length)];
      if (random.nextBoolean()) {
        all.putInt(at, value);
      } else {
        all.putLong(at, random.nextBoolean() ? value : Long.MAX_VALUE - random.nextInt(9));
      }
    }
    return bytes;
  }

  /** Replaces the next number that is written in digits. */
  private byte[] writtenNumber(byte[] bytes, int at) {
    int start = at;
    while (start < bytes.length && !digit(bytes[start])) {
      start++;
    }
    int end = start;
    while (end < bytes.length && digit(bytes[end])) {
      end++;
    }
    String number = NUMBERS[random.nextInt(NUMBERS.length)];
    return start == end
        ? bytes
        : spliced(bytes, start, number.getBytes(StandardCharsets.US_ASCII), end - start);
  }

  private static boolean digit(byte character) {
    return character >= '0' && character <= '9';
  }

  private static byte[] spliced(byte[] bytes, int at, byte[] inserted, int removed) {
    int rest = Math.min(bytes.length, at + removed);
    ByteBuffer result = ByteBuffer.allocate(at + inserted.length + bytes.length - rest);
    return result.put(bytes, 0, at).put(inserted).put(bytes, rest, bytes.length - rest).array();
  }
}
