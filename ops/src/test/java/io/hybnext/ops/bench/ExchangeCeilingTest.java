package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.ops.bench.AllReduceBenchmark.Settings;
import io.hybnext.ops.bench.AllReduceBenchmark.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExchangeCeilingTest {

  @Test
  void shouldMeasureDatagramsAndTcpWhereEveryRankIsAHost() throws Exception {
    Map<String, Object> fields = ExchangeCeiling.fields(Settings.of(3, 1, 1, Transport.UDP));
    assertEquals(Set.of("ceiling_udp_bus_gb_s", "ceiling_tcp_bus_gb_s"), fields.keySet());
    fields.values().forEach(value -> assertTrue((double) value > 0));
  }

  @Test
  void shouldMeasureMemoryOnOneHost() throws Exception {
    Map<String, Object> fields = ExchangeCeiling.fields(Settings.of(3, 1, 1, Transport.IPC));
    assertEquals(Set.of("ceiling_memory_bus_gb_s"), fields.keySet());
    fields.values().forEach(value -> assertTrue((double) value > 0));
  }

  @Test
  void shouldPassArraysRoundWithoutLosingAByte() throws Exception {
    List<RingEnd> ends = new ArrayList<>();
    MemoryRing.open(2, 1000, 300, ends); // the last slot of a round is short
    assertEquals(300, ends.get(0).send(300));
    assertEquals(300, ends.get(1).receive());
    assertEquals(0, ends.get(1).receive());
    int sent = 300;
    for (int got = ends.get(0).send(300); got > 0; got = ends.get(0).send(300)) {
      sent += got; // until all slots are full
    }
    int received = 300;
    for (int got = ends.get(1).receive(); got > 0; got = ends.get(1).receive()) {
      received += got;
    }
    assertEquals(sent, received);
  }
}
