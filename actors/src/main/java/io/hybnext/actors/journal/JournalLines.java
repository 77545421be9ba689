package io.hybnext.actors.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

  static JournalLines of(Disk disk, Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = disk.open(file)) {
      bytes = in.readAllBytes();
    }
    return of(bytes, file, 0);
  }

  /**
   * The same for a part of a file.
   *
   * @param bytes from the beginning of a line
   * @param before number of lines before them
   */
  static JournalLines of(byte[] bytes, Path file, long before) throws IOException {
    List<JsonNode> whole = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        JsonNode line = parse(bytes, start, at - start);
        if (line == null && isHoled(bytes, start, at)) {
          break;
        }
        if (line == null) {
          throw new IOException(
              file
                  + " is damaged: line "
                  + (before + whole.size() + 1)
                  + " is no JSON; remove that line or the file");
        }
        whole.add(line);
        start = at + 1;
      }
    }
    return new JournalLines(whole, start);
  }

  private static boolean isHoled(byte[] bytes, int from, int end) {
    for (int at = from; at < end; at++) {
      if (bytes[at] == 0) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode parse(byte[] bytes, int from, int length) {
    try {
      JsonNode line = JSON.readTree(new String(bytes, from, length, StandardCharsets.UTF_8));
      return line.isObject() ? line : null;
    } catch (JsonProcessingException damaged) {
      return null;
    }
  }
}
