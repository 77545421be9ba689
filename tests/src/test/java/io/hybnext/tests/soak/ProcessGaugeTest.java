package io.hybnext.tests.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessGaugeTest {
  @Test
  void shouldTellWhatAProcessHolds() throws Exception {
    byte[] held = new byte[32 << 20];
    long own = ProcessHandle.current().pid();
    ProcessGauge gauge = ProcessGauge.of(List.of(own)).get(0);
    assertEquals(own, gauge.process());
    double parts = gauge.anonymousMib() + gauge.filesMib() + gauge.sharedMib();
    assertEquals(gauge.rssMib(), parts, 1, gauge::toString);
    assertTrue(gauge.heapMib() >= held.length / 1e6, gauge::toString);
    assertTrue(gauge.threads() > 1 && gauge.handles() > 2, gauge::toString);
  }
}
