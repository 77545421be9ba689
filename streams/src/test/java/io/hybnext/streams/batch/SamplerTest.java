package io.hybnext.streams.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SamplerTest {

  @Test
  void shouldGiveEachItemOnceAnEpochForAnySizeBatchAndCut() {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 300; trial++) {
      int size = 1 + random.nextInt(trial < 100 ? 20 : 700);
      int microshards = 1 + random.nextInt(8);
      int batch = microshards * (1 + random.nextInt(40));
      Sampler sampler = new Sampler(random.nextLong(), size, batch);
      long positions = 3L * size;
      BitSet seen = new BitSet(size);
      long global = 0;
      for (long step = 0; global < positions; step++) {
        for (int microshard = 0; microshard < microshards; microshard++) {
          for (long item : sampler.items(step, microshard, microshards)) {
            assertTrue(item >= 0 && item < size);
            assertTrue(!seen.get((int) item), "twice in an epoch");
            seen.set((int) item);
            if (++global % size == 0) {
              assertEquals(size, seen.cardinality());
              seen.clear();
            }
          }
        }
      }
    }
  }

  @Test
  void shouldGiveTheSameBatchHoweverItIsCut() {
    Sampler sampler = new Sampler(7, 101, 24);
    for (long step : new long[] {0, 3, 4, 5, 1_000_000_007L}) {
      long[] whole = sampler.items(step, 0, 1);
      for (int microshards : new int[] {1, 2, 3, 4, 6, 8, 12, 24}) {
        long[] joined = new long[24];
        int length = 24 / microshards;
        for (int microshard = 0; microshard < microshards; microshard++) {
          long[] part = sampler.items(step, microshard, microshards);
          System.arraycopy(part, 0, joined, microshard * length, length);
        }
        assertArrayEquals(whole, joined);
      }
      for (int position = 0; position < 24; position++) {
        assertEquals(whole[position], sampler.item(step, position));
      }
    }
  }

  @Test
  void shouldKeepItsOrderFromVersionToVersion() {
    // A checkpoint names seed and step only: these numbers must never change.
    Sampler sampler = new Sampler(42, 1000, 4);
    assertArrayEquals(new long[] {891, 240, 148, 72}, sampler.items(0, 0, 1));
    assertArrayEquals(new long[] {745, 298, 711, 154}, sampler.items(1_000_000, 0, 1));
  }

  @Test
  void shouldShuffleEachEpochAndSeedDifferently() {
    Sampler sampler = new Sampler(1, 500, 500);
    long[] first = sampler.items(0, 0, 1);
    int same = 0;
    long[] second = sampler.items(1, 0, 1);
    long[] other = new Sampler(2, 500, 500).items(0, 0, 1);
    for (int i = 0; i < 500; i++) {
      same += first[i] == second[i] || first[i] == other[i] ? 1 : 0;
    }
    assertTrue(same < 15, same + " of 500 in the same place"); // 2 are expected
    assertNotEquals(0, sampler.epoch(1, 0));
  }

  @Test
  void shouldPutEveryItemAnywhereEquallyOften() {
    for (int size : new int[] {2, 3, 7, 30}) {
      int epochs = 3000;
      int[][] counts = new int[size][size];
      Sampler sampler = new Sampler(9, size, size);
      for (int epoch = 0; epoch < epochs; epoch++) {
        long[] order = sampler.items(epoch, 0, 1);
        for (int position = 0; position < size; position++) {
          counts[position][(int) order[position]]++;
        }
      }
      double expected = (double) epochs / size;
      double chiSquare = 0;
      for (int[] row : counts) {
        for (int count : row) {
          chiSquare += (count - expected) * (count - expected) / expected;
        }
      }
      double freedom = (size - 1.0) * (size - 1.0);
      assertTrue(
          chiSquare < freedom + 5 * Math.sqrt(2 * freedom),
          "size "
              + size
              + ": chi square "
              + chiSquare
              + " with "
              + freedom
              + " degrees of freedom");
    }
  }

  @Test
  void shouldRefuseWhatCannotBeCut() {
    Sampler sampler = new Sampler(1, 10, 10);
    assertThrows(IllegalArgumentException.class, () -> sampler.items(0, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> sampler.items(-1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> sampler.item(0, 10));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(1, 0, 1));
  }
}
