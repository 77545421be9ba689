package io.hybnext.actors.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a journal up to the first that a crash cut short or, at a loss of power, left full
 * of holes: a block that never reached the disk reads as zeros. Other damage is somebody's edit,
 * and refused.
 *
 * @param whole lines
 * @param lengthBytes of them
 */
record JournalLines(List<JsonNode> whole, int lengthBytes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Takes a line; no object in JSON makes it throw or return false. */
  interface Reader {
    boolean read(byte[] bytes, int from, int length) throws IOException;
  }

  static JournalLines of(Disk disk, Path file) throws IOException {
    return of(content(disk, file), file, 0);
  }

  /** All that a file holds. */
  static byte[] content(Disk disk, Path file) throws IOException {
    try (InputStream in = disk.open(file)) {
      return in.readAllBytes();
    }
  }

  /**
   * The same for a part of a file.
   *
   * @param bytes from the beginning of a line
   * @param before number of lines before them
   */
  static JournalLines of(byte[] bytes, Path file, long before) throws IOException {
    List<JsonNode> whole = new ArrayList<>();
    int length =
        read(
            bytes,
            file,
            before,
            (of, from, count) -> {
              JsonNode line = JSON.readTree(of, from, count);
              return line.isObject() && whole.add(line);
            });
    return new JournalLines(whole, length);
  }

  /** Reads the whole lines one after another; returns the number of their bytes. */
  static int read(byte[] bytes, Path file, long before, Reader reader) throws IOException {
    int start = 0;
    long lines = before;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        boolean whole = isWhole(reader, bytes, start, at - start);
        if (!whole && isHoled(bytes, start, at)) {
          break;
        }
        lines++;
        if (!whole) {
          throw new IOException(
              file + " is damaged: line " + lines + " is no JSON; remove that line or the file");
        }
        start = at + 1;
      }
    }
    return start;
  }

  private static boolean isWhole(Reader reader, byte[] bytes, int from, int length) {
    try {
      return reader.read(bytes, from, length);
    } catch (IOException damaged) {
      return false;
    }
  }

  private static boolean isHoled(byte[] bytes, int from, int end) {
    for (int at = from; at < end; at++) {
      if (bytes[at] == 0) {
        return true;
      }
    }
    return false;
  }
}
