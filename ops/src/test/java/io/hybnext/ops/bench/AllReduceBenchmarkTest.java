package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.ops.bench.AllReduceBenchmark.Settings;
import io.hybnext.ops.bench.AllReduceBenchmark.Transport;
import org.junit.jupiter.api.Test;

class AllReduceBenchmarkTest {

  @Test
  void shouldMeasureRightSumsBetweenProcesses() throws Exception {
    for (Transport transport : Transport.values()) { // each rank checks its sums first
      AllReduceBenchmark.Result result =
          AllReduceBenchmark.run(new Settings(2, 2, 3, transport, 1 << 20));
      assertTrue(result.medianSeconds() > 0);
    }
  }

  @Test
  void shouldReportBandwidthsAsNcclsTestsDo() {
    AllReduceBenchmark.Result result =
        new AllReduceBenchmark.Result(new Settings(4, 64, 20, Transport.IPC), 0.0268435456);
    assertEquals(2.5, result.algorithmGbPerSecond(), 1e-9); // 2^26 bytes in 0.0268 s
    assertEquals(3.75, result.busGbPerSecond(), 1e-9); // times 2 * 3 / 4
    assertEquals("ipc", result.fields().get("transport"));
    assertEquals(0.0268435456, result.fields().get("median_s"));
  }

  @Test
  void shouldRefuseImpossibleSettings() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 64, 20, Transport.IPC))
            .getMessage();
    assertEquals("--trainers 1: want 2 to 64", message);
  }
}
