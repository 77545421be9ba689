package io.hybnext.ops.home;

import io.hybnext.actors.launch.TrainerEnvironment;
import java.util.ArrayList;
import java.util.List;

/** Starts this program once more, as a process beside a run. */
public final class OwnProgram {
  private static final String MAIN = "io.hybnext.ops.Hybnext";

  private OwnProgram() {}

  /**
   * The command line of a command of this program, with this process's Java, classes and home: the
   * networks that come with it lie there.
   *
   * @param heapMib its Java heap
   * @param arguments command and options
   */
  public static List<String> command(int heapMib, List<String> arguments) {
    List<String> command = new ArrayList<>(TrainerEnvironment.java(heapMib, MAIN, arguments));
    command.add(1, "-Dhybnext.home=" + Home.current().folder());
    return command;
  }
}
