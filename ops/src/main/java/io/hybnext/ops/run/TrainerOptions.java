package io.hybnext.ops.run;

import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.StopRequest;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The options by which {@link LocalRun} tells a trainer process who it is: written here, and read
 * back here by the hidden commands that such a process runs.
 */
public final class TrainerOptions {
  @Option(names = "--name", paramLabel = "NAME", required = true, description = "Its name.")
  private String name;

  @Option(
      names = "--number",
      paramLabel = "N",
      defaultValue = "0",
      description = "Its number on this machine, from 0.")
  private int number;

  @Option(
      names = "--incarnation",
      paramLabel = "N",
      required = true,
      description = "Tells it from the process of this name before it.")
  private long incarnation;

  @Option(
      names = "--coordinator",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Where to join.")
  private String coordinator;

  /** The options of one process. */
  static List<String> of(String name, int number, long incarnation, String coordinator) {
    return List.of(
        "--name",
        name,
        "--number",
        Integer.toString(number),
        "--incarnation",
        Long.toString(incarnation),
        "--coordinator",
        coordinator);
  }

  /** Its name, unique in the run. */
  public String name() {
    return name;
  }

  /** Its number among those of its machine, from 0. */
  public int number() {
    return number;
  }

  /** What the launcher gave it. */
  public long incarnation() {
    return incarnation;
  }

  /** Where to join, {@code host:port}. */
  public String coordinator() {
    return coordinator;
  }

  /** Lets this process end with its parent, and only when the coordinator or the parent says so. */
  public static void endWithParent() {
    StopRequest.ignoreInterrupt();
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(ExitCode.FAILED));
  }
}
