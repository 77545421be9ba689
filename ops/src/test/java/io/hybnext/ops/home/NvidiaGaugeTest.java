package io.hybnext.ops.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.health.Vitals;
import org.junit.jupiter.api.Test;

class NvidiaGaugeTest {
  @Test
  void shouldTellMemoryAndErrors() {
    Vitals.Device well = NvidiaGauge.parse("0", 0, "NVIDIA H100 80GB HBM3, 1024, 81559, 0\n");
    assertEquals(new Vitals.Device("NVIDIA H100 80GB HBM3", 1L << 30, 81559L << 20, ""), well);
    Vitals.Device failing = NvidiaGauge.parse("0", 0, "Tesla, 1, 2, 3\n");
    assertEquals("3 memory errors that cannot be corrected", failing.trouble());
    assertEquals("", NvidiaGauge.parse("0", 0, "GeForce, 1, 2, [N/A]\n").trouble());
  }

  @Test
  void shouldTakeAFailureForTrouble() {
    String said = "Unable to determine the device handle for GPU 0000:17:00.0: GPU is lost.\n";
    assertTrue(NvidiaGauge.parse("0", 15, said).trouble().contains("GPU is lost"));
  }

  @Test
  void shouldFindTheGpuBehindTheVisibleOnes() {
    assertEquals("1", NvidiaGauge.number(1, null));
    assertEquals("5", NvidiaGauge.number(1, "3, 5"));
    assertEquals("GPU-ab", NvidiaGauge.number(0, "GPU-ab"));
  }
}
