package io.hybnext.streams.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WavePlanTest {
  private static final int BATCH = 16;

  private static Wave wave(long step, long items, Mixing mixing) {
    SnapshotId id = new SnapshotId("tok", "enc", List.of("train"), (int) items, items, "h");
    return new Wave(step, id, mixing);
  }

  /** A random plan; its waves may come faster than their items are drawn. */
  private static WavePlan random(SplittableRandom random, List<Wave> waves, int batch, long base) {
    long step = 1L + random.nextInt(30);
    long items = base;
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      items += 1 + random.nextInt(random.nextBoolean() ? 5 : 200);
      waves.add(
          wave(
              step,
              items,
              new Mixing(
                  (1 + random.nextInt(100)) / 100.0,
                  1 + random.nextInt(50),
                  1 + random.nextInt(20),
                  random.nextBoolean() ? 0 : 1 + random.nextInt(40),
                  random.nextInt(101) / 100.0)));
      step += 1 + random.nextInt(25);
    }
    return new WavePlan(random.nextLong(), base, batch, waves);
  }

  @Test
  void shouldDrawEachNewItemFirstInOrderAndNoneBeforeItEntered() {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 200; trial++) {
      List<Wave> waves = new ArrayList<>();
      int base = 1 + random.nextInt(100);
      WavePlan plan = random(random, waves, 1 + random.nextInt(32), base);
      long newest = base;
      for (long step = 0; step < 400; step++) {
        for (long item : plan.items(step, 0, 1)) {
          assertTrue(item >= 0 && item < plan.size(step), "step " + step + " draws " + item);
          if (item >= newest) {
            assertEquals(newest, item, "new items come in order");
            assertEquals(step, plan.firstStep(item));
            newest++;
          } else if (item < base) {
            assertTrue(plan.firstStep(item) <= step);
          }
        }
      }
    }
  }

  @Test
  void shouldDrawTheSameHoweverTheBatchIsCutAndWhateverComesLater() {
    SplittableRandom random = new SplittableRandom(2);
    for (int trial = 0; trial < 60; trial++) {
      List<Wave> waves = new ArrayList<>();
      long seed = random.nextLong();
      random(random, waves, 24, 50);
      WavePlan all = new WavePlan(seed, 50, 24, waves);
      for (int known = 0; known <= waves.size(); known++) {
        WavePlan early = new WavePlan(seed, 50, 24, waves.subList(0, known));
        long end = known == waves.size() ? 200 : waves.get(known).step();
        for (long step = 0; step < end; step++) {
          int microshards = List.of(1, 2, 3, 4, 6, 8, 12).get(random.nextInt(7));
          long[] joined = new long[0];
          for (int microshard = 0; microshard < microshards; microshard++) {
            long[] part = early.items(step, microshard, microshards);
            joined = LongStream.concat(Arrays.stream(joined), Arrays.stream(part)).toArray();
          }
          assertArrayEquals(all.items(step, 0, 1), joined);
        }
      }
    }
  }

  @Test
  void shouldBeTheSamplerBeforeTheFirstWave() {
    WavePlan plan = new WavePlan(7, 101, BATCH, List.of(wave(40, 150, mixing(0.5, 0))));
    Sampler sampler = new Sampler(7, 101, BATCH);
    for (long step = 0; step < 40; step++) {
      assertArrayEquals(sampler.items(step, 1, 4), plan.items(step, 1, 4));
    }
  }

  private static Mixing mixing(double newShare, int halfLife) {
    return new Mixing(newShare, 50, 4, halfLife, 0.25);
  }

  /** How often items of each range of 100 come in steps from 100 on. */
  private static int[] counts(WavePlan plan, int steps) {
    int[] counts = new int[3];
    for (long step = 100; step < 100 + steps; step++) {
      for (long item : plan.items(step, 0, 1)) {
        counts[(int) (item / 100)]++;
      }
    }
    return counts;
  }

  @Test
  void shouldGiveNewItemsTheirShareWhileTheyAreNew() {
    List<Wave> waves = List.of(wave(50, 200, mixing(0.5, 0)), wave(100, 300, mixing(0.5, 0)));
    int[] counts = counts(new WavePlan(3, 100, BATCH, waves), 50);
    // 100 new ones, four times each, are the 8 a batch that they may have for 50 steps
    assertTrue(counts[2] >= 390 && counts[2] <= 480, Arrays.toString(counts));
    assertTrue(counts[0] >= 200, Arrays.toString(counts)); // a quarter at least
  }

  @Test
  void shouldNotRepeatAFewNewItemsMoreThanTheyMay() {
    List<Wave> waves = List.of(wave(100, 103, mixing(1, 0)));
    WavePlan plan = new WavePlan(3, 100, BATCH, waves);
    int fresh = counts(plan, 50)[1];
    // 3 x 4 as new ones; and of the 788 others, 3 in 103 are among the replayed three quarters
    assertTrue(fresh >= 12 && fresh <= 12 + 40, "new items came " + fresh + " times");
  }

  @Test
  void shouldReplayYoungerItemsMoreOften() {
    List<Wave> waves =
        List.of(
            wave(50, 200, new Mixing(0.5, 1, 1, 25, 0)),
            wave(100, 300, new Mixing(0.5, 1, 1, 25, 0)));
    int[] counts = counts(new WavePlan(3, 100, BATCH, waves), 500);
    // weights 2^(-100/25), 2^(-50/25) and 1
    assertEquals(4, (double) counts[1] / counts[0], 0.8, Arrays.toString(counts));
    assertEquals(4, (double) counts[2] / counts[1], 0.8, Arrays.toString(counts));
  }

  @Test
  void shouldDrawTheReplayedEvenly() {
    WavePlan plan = new WavePlan(11, 50, BATCH, List.of(wave(1, 51, mixing(0.01, 0))));
    Map<Long, Integer> seen = new HashMap<>();
    for (long step = 10; step < 1000; step++) {
      for (long item : plan.items(step, 0, 1)) {
        seen.merge(item, 1, Integer::sum);
      }
    }
    double expected = 990.0 * BATCH / 51;
    for (long item = 0; item < 50; item++) {
      assertEquals(expected, seen.getOrDefault(item, 0), 0.25 * expected, "item " + item);
    }
  }

  @Test
  void shouldKeepItsOrderFromVersionToVersion() {
    // A run's waves.jsonl holds seed and steps only: these numbers must never change.
    WavePlan plan = new WavePlan(42, 100, 8, List.of(wave(10, 103, mixing(0.5, 30))));
    assertArrayEquals(new long[] {100, 101, 102, 4, 70, 32, 55, 77}, plan.items(10, 0, 1));
    assertArrayEquals(new long[] {49, 96, 10, 19, 40, 55, 84, 91}, plan.items(1_000_000, 0, 1));
  }
}
