package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.ops.bench.AllReduceBenchmark.Settings;
import io.hybnext.ops.bench.AllReduceBenchmark.Transport;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopbackCeilingTest {

  @Test
  void shouldMeasureDatagramsAndTcpWhereEveryRankIsAHost() throws Exception {
    Map<String, Object> fields = LoopbackCeiling.fields(Settings.of(3, 1, 1, Transport.UDP));
    assertEquals(Set.of("ceiling_udp_bus_gb_s", "ceiling_tcp_bus_gb_s"), fields.keySet());
    fields.values().forEach(value -> assertTrue((double) value > 0));
  }

  @Test
  void shouldNotConcernSharedMemory() throws Exception {
    assertEquals(Map.of(), LoopbackCeiling.fields(Settings.of(2, 1, 1, Transport.IPC)));
  }
}
