package io.hybnext.ops.home;

import io.hybnext.actors.health.Vitals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks {@code nvidia-smi} every few seconds how a GPU does, on a thread of its own. Where the
 * program is missing nothing is known, which is no trouble.
 */
public final class NvidiaGauge implements AutoCloseable {
  private static final long EVERY_S = 3;
  private static final long PATIENCE_S = 10; // a driver that hangs hangs the program too
  private static final long MIB = 1L << 20;
  private static final List<String> FIELDS =
      List.of("name", "memory.used", "memory.total", "ecc.errors.uncorrected.volatile.total");

  private final String gpu;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread asking = new Thread(task, "nvidia-smi");
            asking.setDaemon(true);
            return asking;
          });
  private volatile Vitals.Device seen = Vitals.Device.NONE;

  /**
   * Begins to ask.
   *
   * @param index of the GPU among those that this process may use
   * @param visible what {@code CUDA_VISIBLE_DEVICES} says; null or empty when all may be used
   */
  public NvidiaGauge(int index, String visible) {
    gpu = number(index, visible);
    thread.scheduleWithFixedDelay(this::ask, 0, EVERY_S, TimeUnit.SECONDS);
  }

  /** The name that nvidia-smi knows a GPU by. */
  static String number(int index, String visible) {
    if (visible == null || visible.isBlank()) {
      return Integer.toString(index);
    }
    List<String> named = List.of(visible.split(",", -1));
    return index < named.size() ? named.get(index).strip() : Integer.toString(index);
  }

  /** What was seen last. */
  public Vitals.Device seen() {
    return seen;
  }

  private void ask() {
    try {
      Process asked =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--id=" + gpu,
                  "--query-gpu=" + String.join(",", FIELDS),
                  "--format=csv,noheader,nounits")
              .redirectErrorStream(true)
              .start();
      if (!asked.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
        asked.destroyForcibly();
        seen = new Vitals.Device("GPU " + gpu, 0, 0, "no answer within " + PATIENCE_S + " s");
        return;
      }
      String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      seen = parse(gpu, asked.exitValue(), said);
    } catch (IOException missing) {
      thread.shutdown();
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes sense of the program's answer. */
  static Vitals.Device parse(String gpu, int exitCode, String said) {
    String line = said.lines().findFirst().orElse("").strip();
    List<String> values = List.of(line.split(" *, *", -1));
    if (exitCode != 0 || values.size() != FIELDS.size()) {
      return new Vitals.Device("GPU " + gpu, 0, 0, line.isEmpty() ? "nothing" : "\"" + line + "\"");
    }
    long errors = count(values.get(3));
    return new Vitals.Device(
        values.get(0),
        count(values.get(1)) * MIB,
        count(values.get(2)) * MIB,
        errors > 0 ? errors + " memory errors that cannot be corrected" : "");
  }

  /** 0 for what the GPU does not tell, such as {@code [N/A]}. */
  private static long count(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException untold) {
      return 0;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
