package io.hybnext.actors.simulation;

import java.util.Arrays;

/**
 * A file's contents as a process reads them, and those that are on the device for sure. Both may be
 * the beginnings of one array, as long as nothing is written over what is safe: files that only
 * grow, and are flushed all the time, are not copied for every line.
 */
final class SimulatedFile extends SimulatedDisk.Node {
  private static final byte[] EMPTY = {};

  private byte[] content = EMPTY;
  private int length;
  private byte[] safe = EMPTY;
  private int safeLength;

  /** What a process reads: the first {@link #length} bytes of it. */
  byte[] content() {
    return content;
  }

  int length() {
    return length;
  }

  /** Writes the first bytes of what is given, instead of all. */
  void replace(byte[] bytes, int count) {
    content = Arrays.copyOf(bytes, count);
    length = count;
  }

  /** Adds the first bytes of what is given. */
  void append(byte[] bytes, int count) {
    boolean overwrites = safe == content && length < safeLength;
    if (overwrites || length + count > content.length) {
      content = Arrays.copyOf(content, Math.max(length + count, 2 * length));
    }
    System.arraycopy(bytes, 0, content, length, count);
    length += count;
  }

  /** Cuts it back. */
  void truncate(int count) {
    length = Math.min(count, length);
  }

  /** All of it is on the device. */
  void flush() {
    safe = content;
    safeLength = length;
  }

  /** Whether a loss of power changes nothing. */
  boolean isSafe() {
    return Arrays.equals(content, 0, length, safe, 0, safeLength);
  }

  /** What a loss of power leaves. */
  void comeBack(Chance chance) {
    int appendedTo =
        Arrays.mismatch(safe, 0, safeLength, content, 0, length) == safeLength ? safeLength : 0;
    int cut = appendedTo + chance.below(length - appendedTo + 1);
    switch (chance.below(4)) {
      case 0 -> replace(safe, safeLength);
      case 1 -> {}
      case 2 -> length = cut;
      default -> {
        replace(content, length); // the length was noted, a block never written
        Arrays.fill(content, cut, Math.min(length, cut + 512), (byte) 0);
      }
    }
    flush();
  }
}
