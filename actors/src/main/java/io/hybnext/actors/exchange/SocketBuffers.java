package io.hybnext.actors.exchange;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sizes of socket buffers: what the operating system grants, up to what bursts need. */
public final class SocketBuffers {
  /** What makes full use of a fast network. */
  public static final int WANTED_BYTES = 4 << 20;

  private static final int SMALLEST_BYTES = 128 << 10; // two datagrams of 64 KiB

  private static final String LIMITS = "/proc/sys/net/core";

  private SocketBuffers() {}

  /** For receiving; what senders may have under way to a socket together must fit. */
  public static int receiveBytes() {
    return granted("rmem_max");
  }

  /** For sending. */
  public static int sendBytes() {
    return granted("wmem_max");
  }

  private static int granted(String limitName) {
    try (BufferedReader file = Files.newBufferedReader(Path.of(LIMITS, limitName))) {
      // Files.readString asks for one byte first, and the kernel then gives no more than that
      long limit = Long.parseLong(file.readLine().strip());
      return (int) Math.max(SMALLEST_BYTES, Math.min(limit, WANTED_BYTES));
    } catch (IOException | NumberFormatException unknown) {
      return SMALLEST_BYTES; // every system known to us grants that much
    }
  }
}
