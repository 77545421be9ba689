package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.AllReduceBenchmark.Settings;
import io.hybnext.actors.exchange.AllReduceBenchmark.Transport;
import org.junit.jupiter.api.Test;

class AllReduceTest {

  @Test
  void shouldMeasureRightSumsBetweenProcesses() throws Exception {
    for (Transport transport : Transport.values()) { // each rank checks its sums first
      AllReduceBenchmark.Result result =
          AllReduceBenchmark.run(new Settings(2, 2, 3, transport, 1 << 20));
      assertTrue(result.medianSeconds() > 0);
    }
  }

  @Test
  void shouldReportBandwidthsAsOneJsonLine() {
    AllReduceBenchmark.Result result =
        new AllReduceBenchmark.Result(new Settings(4, 64, 20, Transport.IPC), 0.0268435456);
    assertEquals(
        "{\"bench\":\"allreduce\",\"transport\":\"ipc\",\"trainers\":4,\"mib\":64,"
            + "\"iterations\":20,\"alg_gb_s\":2.500,\"bus_gb_s\":3.750,\"median_s\":0.02684}",
        result.toJson());
  }

  @Test
  void shouldRefuseImpossibleSettings() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 64, 20, Transport.IPC))
            .getMessage();
    assertEquals("--trainers 1: want 2 to 64", message);
  }
}
