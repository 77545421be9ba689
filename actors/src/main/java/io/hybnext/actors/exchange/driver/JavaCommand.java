package io.hybnext.actors.exchange.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of child virtual machines that run classes of this class path. */
public final class JavaCommand {
  /**
   * System property: the class data archive that this process was started with; its children take
   * it, too, as their class path is the same.
   */
  public static final String ARCHIVE = "hybnext.archive";

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
    String archive = System.getProperty(ARCHIVE);
    if (archive != null) {
      command.addAll(withArchive(archive));
    }
    command.add("--add-opens");
    command.add("java.base/jdk.internal.misc=ALL-UNNAMED");
    command.add("--add-opens");
    command.add("java.base/sun.nio.ch=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  /**
   * Options of a virtual machine that starts from a class data archive. One that does not fit,
   * being of another class path or JDK, is silently left unused.
   *
   * @param archive path of its file
   */
  public static List<String> withArchive(String archive) {
    return List.of(
        "-XX:SharedArchiveFile=" + archive,
        "-Xshare:auto",
        "-Xlog:cds=off",
        "-Xlog:cds+dynamic=off",
        "-D" + ARCHIVE + "=" + archive);
  }
}
