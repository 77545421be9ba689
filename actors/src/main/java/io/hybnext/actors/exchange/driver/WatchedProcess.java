package io.hybnext.actors.exchange.driver;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/**
 * A process of this machine, whoever started it. It is told by its file under {@code /proc}, which
 * stays that of this very process while it is open: reading it fails once the process is gone.
 */
final class WatchedProcess implements AutoCloseable {
  private final RandomAccessFile stat;
  private final byte[] text = new byte[512];

  private WatchedProcess(RandomAccessFile stat) {
    this.stat = stat;
  }

  /** Watches a process; null when this system does not tell or there is no such process. */
  static WatchedProcess of(long pid) {
    try {
      WatchedProcess process =
          new WatchedProcess(new RandomAccessFile("/proc/" + pid + "/stat", "r"));
      if (process.isAlive()) {
        return process;
      }
      process.close();
      return null;
    } catch (IOException unknown) {
      return null;
    }
  }

  /** False once it was killed or ended, also before its parent has taken note. */
  boolean isAlive() {
    try {
      stat.seek(0);
      int length = stat.read(text);
      if (length <= 0) {
        return false;
      }
      int name = new String(text, 0, length, StandardCharsets.ISO_8859_1).lastIndexOf(')');
      int state = name + 2 < length ? text[name + 2] : 'X'; // "pid (name) state ..."
      return state != 'Z' && state != 'X';
    } catch (IOException gone) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    stat.close();
  }
}
