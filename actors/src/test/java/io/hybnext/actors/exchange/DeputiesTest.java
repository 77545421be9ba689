package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeputiesTest {

  private static int[] of(String... hosts) {
    return Deputies.of(List.of(hosts));
  }

  @Test
  void shouldTakeTheNextMemberOnOneHostAndOnHostsOfOne() {
    assertArrayEquals(new int[] {-1}, of("a"));
    assertArrayEquals(new int[] {1, 0}, of("a", "a"));
    assertArrayEquals(new int[] {1, 2, 3, 0}, of("a", "a", "a", "a"));
    assertArrayEquals(new int[] {1, 2, 0}, of("a", "b", "c"));
  }

  @Test
  void shouldCrossHostsOfTwo() {
    assertArrayEquals(new int[] {2, 3, 0, 1}, of("a", "a", "b", "b"));
    assertArrayEquals(new int[] {1, 0, 3, 2}, of("a", "b", "a", "b"));
  }

  @Test
  void shouldBackUpAllOfALargeHostOnTheOnlyOther() {
    assertArrayEquals(new int[] {3, 3, 3, 0}, of("a", "a", "a", "b"));
    assertArrayEquals(new int[] {1, 0, 1, 1}, of("b", "a", "b", "b"));
  }

  @Test
  void shouldNeverLeaveBothCopiesOnOneHostAndDealThemOutEvenly() {
    Random random = new Random(5);
    for (int trial = 0; trial < 500; trial++) {
      List<String> hosts = new ArrayList<>();
      int most = 2 + random.nextInt(4);
      for (int member = 0; member < 2 + random.nextInt(8); member++) {
        hosts.add("host-" + random.nextInt(most));
      }
      int[] deputies = Deputies.of(hosts);
      boolean several = hosts.stream().distinct().count() > 1;
      int[] load = new int[hosts.size()];
      for (int rank = 0; rank < deputies.length; rank++) {
        assertNotEquals(rank, deputies[rank]);
        assertTrue(!several || !hosts.get(rank).equals(hosts.get(deputies[rank])), "" + hosts);
        load[deputies[rank]]++;
      }
      int largest =
          hosts.stream().mapToInt(host -> Collections.frequency(hosts, host)).max().getAsInt();
      int others = hosts.size() - largest;
      int fair = several && largest > others ? (largest + others - 1) / others : 1;
      assertEquals(fair, Arrays.stream(load).max().getAsInt(), hosts.toString());
    }
  }

  @Test
  void shouldCutLayoutsByHosts() {
    BucketLayout layout = new BucketLayout(List.of(new Bucket("a", 4_000_000)));
    ChunkPartition partition = new ChunkPartition(layout, List.of("a", "a", "a", "b"));
    int backed = 0;
    for (int number = 0; number < partition.chunks(); number++) {
      int owner = partition.owner(number);
      assertEquals(owner == 3 ? 0 : 3, partition.deputy(number));
      assertTrue(partition.holds(3, number));
      backed += owner == 3 ? 0 : 1;
    }
    assertEquals(backed, partition.backed(3).length);
    assertEquals(0, partition.backed(1).length);
  }
}
