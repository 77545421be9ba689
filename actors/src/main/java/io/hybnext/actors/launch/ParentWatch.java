package io.hybnext.actors.launch;

import java.io.IOException;
import java.io.InputStream;

/** Tells a child process that the process that started it is gone, however that ended. */
public final class ParentWatch {
  private ParentWatch() {}

  /**
   * Reads the pipe from the parent until its end, on a thread of its own.
   *
   * @param fromParent standard input of the child
   * @param onGone run once at its end
   */
  public static void start(InputStream fromParent, Runnable onGone) {
    Thread thread = new Thread(() -> watch(fromParent, onGone), "parent-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private static void watch(InputStream fromParent, Runnable onGone) {
    byte[] ignored = new byte[64];
    int read = 0;
    while (read >= 0) {
      try {
        read = fromParent.read(ignored);
      } catch (IOException e) {
        read = -1;
      }
    }
    onGone.run();
  }
}
