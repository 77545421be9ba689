package io.hybnext.actors.exchange.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of child virtual machines that run classes of this class path. */
public final class JavaCommand {
  private JavaCommand() {}

  /**
   * This process's Java, the given options, what Agrona needs opened, and the class path; the class
   * name and its arguments come next.
   */
  public static List<String> prefix(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add("-XX:+UseSerialGC");
    command.add("--add-opens");
    command.add("java.base/jdk.internal.misc=ALL-UNNAMED");
    command.add("--add-opens");
    command.add("java.base/sun.nio.ch=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    return command;
  }
}
