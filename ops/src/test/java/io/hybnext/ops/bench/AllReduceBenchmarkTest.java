package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.Encryption;
import io.hybnext.ops.bench.AllReduceBenchmark.Settings;
import io.hybnext.ops.bench.AllReduceBenchmark.Transport;
import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import org.junit.jupiter.api.Test;

class AllReduceBenchmarkTest {

  private static double medianOf(int trainers, int hosts, Encryption encryption, double loss)
      throws Exception { // each rank checks its sums first
    return AllReduceBenchmark.run(new Settings(trainers, hosts, 2, 3, 1 << 20, encryption, loss))
        .medianSeconds();
  }

  @Test
  void shouldMeasureRightSumsThroughSharedMemory() throws Exception {
    assertTrue(medianOf(2, 1, Encryption.NEVER, 0) > 0);
  }

  @Test
  void shouldMeasureRightSumsBetweenHostsThatSealAndLoseDatagrams() throws Exception {
    assertTrue(medianOf(3, 2, Encryption.BETWEEN_HOSTS, 0.02) > 0);
  }

  @Test
  void shouldStopReadingWhenItIsToldToEnd() throws Exception {
    try (PipedWriter silent = new PipedWriter();
        BufferedReader output = new BufferedReader(new PipedReader(silent))) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, () -> AllReduceBenchmark.line(output));
      silent.write("a line\n");
      silent.flush();
    }
  }

  @Test
  void shouldReportBandwidthsAsNcclsTestsDo() {
    AllReduceBenchmark.Result result =
        new AllReduceBenchmark.Result(Settings.of(4, 64, 20, Transport.IPC), 0.0268435456, 0.1, 0);
    assertEquals(2.5, result.algorithmGbPerSecond(), 1e-9); // 2^26 bytes in 0.0268 s
    assertEquals(3.75, result.busGbPerSecond(), 1e-9); // times 2 * 3 / 4
    assertEquals("ipc", result.fields().get("transport"));
    assertEquals(0.0268435456, result.fields().get("median_s"));
  }

  @Test
  void shouldRefuseImpossibleSettings() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Settings.of(1, 64, 20, Transport.IPC))
            .getMessage();
    assertEquals("--trainers 1: want 2 to 64", message);
  }
}
