package io.hybnext.actors.exchange.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names that processes show in a counter when they connect to a media driver: they tell the
 * driver's host which process it is, so that it can see it die. A process number only means
 * something in its own namespace.
 */
public final class ClientName {
  /** Type of the counter whose label is the name; Aeron leaves those from 1000 on to programs. */
  public static final int COUNTER_TYPE = 9_701;

  private static final String PREFIX = "hybnext-";
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  private ClientName() {}

  /** The name of this process. */
  public static String ofThisProcess() {
    return PREFIX + namespace() + "-" + ProcessHandle.current().pid();
  }

  /**
   * The process that a counter's label names.
   *
   * @return its number; 0 when the label names none, or one of another namespace than this
   *     process's
   */
  static long processIn(String label) {
    String before = PREFIX + namespace() + "-";
    int at = label.indexOf(before);
    if (at < 0) {
      return 0;
    }
    int end = at + before.length();
    int start = end;
    while (end < label.length() && end < start + 18 && Character.isDigit(label.charAt(end))) {
      end++;
    }
    return end == start ? 0 : Long.parseLong(label.substring(start, end));
  }

  /** Number of the namespace; 0 where the system has none. */
  private static String namespace() {
    try {
      String target = Files.readSymbolicLink(NAMESPACE).toString(); // pid:[4026531836]
      return target.replaceAll("[^0-9]", "");
    } catch (IOException | UnsupportedOperationException none) {
      return "0";
    }
  }
}
