package io.hybnext.model.weights.pickle;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle: every read is checked against their end before anything is allocated. */
final class PickleInput {
  private static final int LONGEST_NUMBER_BYTES = 256;
  private static final int LONGEST_NAME = 1_000;

  private final ByteBuffer bytes;

  PickleInput(ByteBuffer bytes) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return bytes.position();
  }

  int unsignedByte() throws PickleException {
    want(1);
    return bytes.get() & 0xff;
  }

  int unsignedShort() throws PickleException {
    want(2);
    return bytes.getShort() & 0xffff;
  }

  int integer() throws PickleException {
    want(4);
    return bytes.getInt();
  }

  /** The only number that pickles store with the high byte first. */
  double bigEndianDouble() throws PickleException {
    want(8);
    return Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()));
  }

  /** Length of what follows, from 1, 4 or 8 bytes. */
  int length(int lengthBytes) throws PickleException {
    want(lengthBytes);
    long length =
        switch (lengthBytes) {
          case 1 -> bytes.get() & 0xff;
          case 4 -> bytes.getInt() & 0xffffffffL;
          default -> bytes.getLong();
        };
    if (length < 0 || length > bytes.remaining()) {
      throw new PickleException(
          String.format(
              "its pickle claims %s bytes where %d are left",
              Long.toUnsignedString(length), bytes.remaining()));
    }
    return (int) length;
  }

  String text(int length, Charset charset) {
    byte[] text = raw(length);
    return new String(text, charset);
  }

  byte[] raw(int length) {
    byte[] raw = new byte[length];
    bytes.get(raw);
    return raw;
  }

  void skip(int length) {
    bytes.position(bytes.position() + length);
  }

  /** A whole number of little-endian two's complement: {@code Long}, or larger. */
  Number number(int lengthBytes) throws PickleException {
    if (lengthBytes > LONGEST_NUMBER_BYTES) {
      throw new PickleException("its pickle holds a number of " + lengthBytes + " bytes");
    }
    if (lengthBytes == 0) {
      return 0L;
    }
    byte[] raw = raw(lengthBytes);
    for (int i = 0; i < raw.length / 2; i++) {
      byte swapped = raw[i];
      raw[i] = raw[raw.length - 1 - i];
      raw[raw.length - 1 - i] = swapped;
    }
    BigInteger value = new BigInteger(raw);
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  /** A text up to the next line feed, which is taken too. */
  String line() throws PickleException {
    int start = bytes.position();
    int end = start;
    while (end < bytes.limit() && bytes.get(end) != '\n') {
      end++;
      if (end - start > LONGEST_NAME) {
        throw new PickleException("its pickle has a name of more than " + LONGEST_NAME + " bytes");
      }
    }
    if (end == bytes.limit()) {
      throw ended();
    }
    String line = text(end - start, StandardCharsets.UTF_8);
    skip(1);
    return line;
  }

  private void want(int count) throws PickleException {
    if (bytes.remaining() < count) {
      throw ended();
    }
  }

  private static PickleException ended() {
    return new PickleException("its pickle ends too early");
  }
}
