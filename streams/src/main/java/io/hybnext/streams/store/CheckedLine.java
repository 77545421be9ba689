package io.hybnext.streams.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A line of an append-only file that tells whether it is whole: a JSON object {@code {"crc32c":"8
 * hex digits","entry":{...}}} and a line feed. The check sum is over the bytes of the entry.
 */
public final class CheckedLine {
  private static final String HEAD = "{\"crc32c\":\"";
  private static final String MIDDLE = "\",\"entry\":";
  private static final int CRC_DIGITS = 8;
  private static final int ENTRY_START = HEAD.length() + CRC_DIGITS + MIDDLE.length();

  private CheckedLine() {}

  /**
   * The bytes of a line with its line feed.
   *
   * @param entry a JSON object without line feeds
   */
  public static byte[] encode(String entry) {
    String crc = crc(entry.getBytes(StandardCharsets.UTF_8));
    return (HEAD + crc + MIDDLE + entry + "}\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The JSON entry of a line without its line feed.
   *
   * @throws IOException when the line is not whole
   */
  public static byte[] decode(byte[] line) throws IOException {
    if (line.length <= ENTRY_START || line[line.length - 1] != '}') {
      throw new IOException("is cut off");
    }
    byte[] entry = Arrays.copyOfRange(line, ENTRY_START, line.length - 1);
    String head = new String(line, 0, ENTRY_START, StandardCharsets.UTF_8);
    if (!head.equals(HEAD + crc(entry) + MIDDLE)) {
      throw new IOException("does not match its check sum");
    }
    return entry;
  }

  private static String crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return String.format("%08x", crc.getValue());
  }
}
