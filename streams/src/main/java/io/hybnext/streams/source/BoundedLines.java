package io.hybnext.streams.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Splits bytes into lines without ever holding more than a line of the greatest length allowed. */
final class BoundedLines {
  private final InputStream input;
  private final int maxLengthBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long number;
  private boolean tooLong;

  BoundedLines(InputStream input, int maxLengthBytes) {
    this.input = input;
    this.maxLengthBytes = maxLengthBytes;
  }

  /** The next line without its end; its beginning only if {@link #tooLong}; null at the end. */
  byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    tooLong = false;
    boolean any = false;
    while (true) {
      if (position == limit && !fill()) {
        break;
      }
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      int room = maxLengthBytes - line.size();
      tooLong |= end - position > room;
      line.write(buffer, position, Math.min(room, end - position));
      position = end;
      if (end < limit) {
        position++;
        break;
      }
    }
    if (!any) {
      return null;
    }
    number++;
    return line.toByteArray();
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, input.read(buffer));
    return limit > 0;
  }

  /** Number of the line last read, from 1. */
  long number() {
    return number;
  }

  /** Whether the line last read was longer than allowed. */
  boolean tooLong() {
    return tooLong;
  }

  void close() throws IOException {
    input.close();
  }
}
