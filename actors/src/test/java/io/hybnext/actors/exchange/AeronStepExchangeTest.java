package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.ExchangeRun.Outcome;
import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import io.hybnext.actors.step.TrainStep;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AeronStepExchangeTest {
  private static final BucketLayout LAYOUT =
      new BucketLayout(
          List.of(
              new Bucket("embeddings", 70_001),
              new Bucket("layers.0", 300_000),
              new Bucket("layers.1", 262_144),
              new Bucket("output", 3)));
  private static final BucketLayout SMALL =
      new BucketLayout(List.of(new Bucket("a", 37), new Bucket("b", 1), new Bucket("c", 500)));
  private static final ExchangeSettings SETTINGS =
      ExchangeSettings.defaults().withTermLength(1 << 20);

  private static final UnsafeBuffer FEW = LinearTrainStep.floats(3);

  @TempDir static Path folder;
  private static ExecutorService threads;
  private static MediaDriverHost driver;
  private static String directory;

  @BeforeAll
  static void startDriver() {
    directory = folder.resolve("aeron").toString();
    driver = MediaDriverHost.launch(Path.of(directory));
    threads = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void stopDriver() {
    threads.shutdownNow();
    driver.close();
  }

  private static Generation ipc(int microshards, int members) {
    return ipc(MicroshardRange.split(microshards, members));
  }

  private static Generation ipc(List<MicroshardRange> ranges) {
    return ExchangeRun.generation(ranges, directory, "aeron:ipc");
  }

  @Test
  void shouldEndWithTheSameBytesForAnyNumberOfMembers() throws Exception {
    List<Outcome> alone = ExchangeRun.run(ipc(7, 1), LAYOUT, SETTINGS, 1, 2);
    assertEquals(
        Float.floatToRawIntBits(expectedWeight(7, 2)),
        Float.floatToRawIntBits(alone.get(0).trainStep().weights(1).getFloat(4 * 270_000)));
    for (int members = 2; members <= 5; members++) {
      assertSame(alone, ExchangeRun.run(ipc(7, members), LAYOUT, SETTINGS, 1, 2), LAYOUT);
    }
  }

  /** Element 270,000 of bucket 1 after some steps, with the norm as the run itself reports it. */
  private static float expectedWeight(int microshards, int steps) throws Exception {
    List<Outcome> outcomes = ExchangeRun.run(ipc(microshards, 1), LAYOUT, SETTINGS, 1, steps);
    float weight = 0;
    float mean = 0;
    for (int step = 0; step < steps; step++) {
      double norm = outcomes.get(0).results().get(step).gradientNorm();
      assertEquals(referenceNorm(step, microshards), norm, norm * 1e-6);
      float scale = (float) (Math.min(1, 1 / (norm + 1e-6)) / microshards);
      float slope = sum(step, 1, 270_000, 0, microshards) * scale;
      mean = LinearTrainStep.MOMENTUM * mean + slope;
      weight -= LinearTrainStep.RATE * mean;
    }
    return weight;
  }

  private static float sum(long step, int bucket, int element, int first, int end) {
    if (end - first == 1) {
      return LinearTrainStep.gradient(step, first, bucket, element);
    }
    int half = Integer.highestOneBit(end - first - 1);
    return sum(step, bucket, element, first, first + half)
        + sum(step, bucket, element, first + half, end);
  }

  private static double referenceNorm(long step, int microshards) {
    double squares = 0;
    for (int bucket = 0; bucket < LAYOUT.buckets().size(); bucket++) {
      for (int i = 0; i < LAYOUT.buckets().get(bucket).length(); i++) {
        double mean = sum(step, bucket, i, 0, microshards) / (double) microshards;
        squares += mean * mean;
      }
    }
    return Math.sqrt(squares);
  }

  private static void assertSame(List<Outcome> want, List<Outcome> got, BucketLayout layout) {
    for (Outcome outcome : got) {
      for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
        assertEquals(want.get(0).trainStep().weights(bucket), outcome.trainStep().weights(bucket));
      }
      for (int step = 0; step < outcome.results().size(); step++) {
        var one = want.get(0).results().get(step);
        var other = outcome.results().get(step);
        assertEquals(one.loss(), other.loss());
        assertEquals(one.gradientNorm(), other.gradientNorm());
        assertTrue(other.applied());
      }
      assertEquals(
          outcome.results().size() * layout.buckets().size(), outcome.trainStep().changedBuckets);
    }
  }

  @Test
  void shouldEndWithTheSameBytesForAnyCutAndPieceLength() throws Exception {
    Random random = new Random(11);
    for (int trial = 0; trial < 12; trial++) {
      int microshards = 1 + random.nextInt(16);
      int members = 1 + random.nextInt(Math.min(5, microshards));
      ExchangeSettings settings =
          SETTINGS.withPieceLength(8 + random.nextInt(200)).withTermLength(1 << 16);
      List<Outcome> alone = ExchangeRun.run(ipc(microshards, 1), SMALL, SETTINGS, 1, 2);
      Generation cut = ipc(randomCut(random, microshards, members));
      assertSame(alone, ExchangeRun.run(cut, SMALL, settings, 1, 2), SMALL);
    }
  }

  private static List<MicroshardRange> randomCut(Random random, int microshards, int members) {
    int[] ends =
        random.ints(1, Math.max(2, microshards)).distinct().limit(members - 1L).sorted().toArray();
    List<MicroshardRange> ranges = new ArrayList<>();
    int first = 0;
    for (int end : ends) {
      ranges.add(new MicroshardRange(first, end));
      first = end;
    }
    ranges.add(new MicroshardRange(first, microshards));
    return ranges;
  }

  @Test
  void shouldNotLockUpWhenLogsAreMuchSmallerThanGradients() throws Exception {
    ExchangeSettings tiny = SETTINGS.withPieceLength(1000).withTermLength(1 << 16);
    List<Outcome> alone = ExchangeRun.run(ipc(6, 1), LAYOUT, tiny, 1, 4);
    List<Outcome> three = ExchangeRun.run(ipc(6, 3), LAYOUT, tiny, 1, 4);
    assertSame(alone, three, LAYOUT);
    for (Outcome outcome : three) {
      int most = outcome.buffers().get(3);
      assertTrue(most * 1000L <= 2 * LAYOUT.length() + 16_000, "at most one step's partial sums");
    }
  }

  @Test
  void shouldExchangeOverDatagrams() throws Exception {
    int port;
    try (DatagramSocket free = new DatagramSocket()) {
      port = free.getLocalPort();
    }
    Generation udp =
        ExchangeRun.generation(
            MicroshardRange.split(4, 3), directory, "aeron:udp?endpoint=127.0.0.1:" + port);
    List<Outcome> alone = ExchangeRun.run(ipc(4, 1), LAYOUT, SETTINGS, 1, 2);
    assertSame(alone, ExchangeRun.run(udp, LAYOUT, SETTINGS, 1, 2), LAYOUT);
  }

  @Test
  void shouldGoOnWithoutAStepBackWhenAMemberEndsInTheMiddleOfAStepAndAnotherComes()
      throws Exception {
    List<Outcome> alone = ExchangeRun.run(ipc(6, 1), LAYOUT, SETTINGS, 1, 5);
    List<LinearTrainStep> trainSteps = new ArrayList<>();
    List<HeldState> states = new ArrayList<>();
    for (int member = 0; member < 4; member++) {
      trainSteps.add(new LinearTrainStep(LAYOUT, 1));
      states.add(new HeldState(LAYOUT));
    }
    states.subList(0, 3).forEach(held -> held.reset(0));
    Generation three = ipc(6, 3);
    List<CompletableFuture<Void>> members = new ArrayList<>();
    for (int rank = 0; rank < 3; rank++) {
      int member = rank;
      members.add(
          CompletableFuture.runAsync(
              () -> {
                LinearTrainStep trainStep = trainSteps.get(member);
                int endsAt = member == 2 ? 3 : 5;
                steps(three, member, trainStep, states.get(member), endsAt, member == 2);
              },
              threads));
    }
    members.get(2).get(30, TimeUnit.SECONDS);
    for (CompletableFuture<Void> survivor : members.subList(0, 2)) {
      assertThrows(ExecutionException.class, () -> survivor.get(30, TimeUnit.SECONDS));
    }
    assertEquals(3, states.get(0).committed());
    Generation next = ipc(6, 3);
    members.clear();
    for (int rank = 0; rank < 3; rank++) {
      int member = rank;
      int process = rank == 1 ? 3 : rank / 2; // a new one, and the two that are left
      members.add(
          CompletableFuture.runAsync(
              () -> steps(next, member, trainSteps.get(process), states.get(process), 5, false),
              threads));
    }
    for (CompletableFuture<Void> member : members) {
      member.get(30, TimeUnit.SECONDS);
    }
    for (int process : new int[] {0, 1, 3}) {
      for (int bucket = 0; bucket < LAYOUT.buckets().size(); bucket++) {
        assertEquals(
            alone.get(0).trainStep().weights(bucket), trainSteps.get(process).weights(bucket));
      }
    }
  }

  /** Runs steps up to one; then leaves or, if told so, in the middle of the next one. */
  private static void steps(
      Generation generation,
      int rank,
      LinearTrainStep trainStep,
      HeldState held,
      int end,
      boolean leavesInTheMiddle) {
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, "trainer-" + rank, LAYOUT, SETTINGS)) {
      Settlement settlement = exchange.settle(trainStep, held);
      assertEquals(Settlement.GoOn.class, settlement.getClass());
      for (long step = held.committed(); step < end; step++) {
        exchange.begin(step);
        ExchangeRun.addAll(exchange, generation.members().get(rank).microshards(), LAYOUT, step);
        exchange.finish(trainStep);
      }
      if (leavesInTheMiddle) {
        exchange.begin(end);
        exchange.add(generation.members().get(rank).microshards().first(), 3, FEW);
      }
    }
  }

  @Test
  void shouldAgreeOnMeansOverAllMicroshards() throws Exception {
    var result =
        ExchangeRun.run(ipc(3, 2), SMALL, SETTINGS, Double.POSITIVE_INFINITY, 1)
            .get(1)
            .results()
            .get(0);
    assertEquals(1 / 3.0, result.loss().nll(), 1e-15);
    assertEquals(1 / 7.0, result.loss().gva(), 1e-15);
    assertEquals(33, result.loss().tokens());
  }

  @Test
  void shouldApplyNothingAnywhereWhenAGradientIsNotFinite() throws Exception {
    Generation generation = ipc(2, 2);
    List<CompletableFuture<StepExchange.StepResult>> results = new ArrayList<>();
    List<LinearTrainStep> trainSteps = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      int member = rank;
      LinearTrainStep trainStep = new LinearTrainStep(SMALL, 1);
      trainSteps.add(trainStep);
      results.add(
          CompletableFuture.supplyAsync(() -> stepWithNaN(generation, member, trainStep), threads));
    }
    for (int rank = 0; rank < 2; rank++) {
      StepExchange.StepResult result = results.get(rank).get(30, TimeUnit.SECONDS);
      assertFalse(result.applied());
      assertTrue(Double.isNaN(result.gradientNorm()));
      assertEquals(LinearTrainStep.floats(500), trainSteps.get(rank).weights(2));
      assertEquals(0, trainSteps.get(rank).changedBuckets);
    }
  }

  private static StepExchange.StepResult stepWithNaN(
      Generation generation, int rank, TrainStep trainStep) {
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, "trainer-" + rank, SMALL, SETTINGS)) {
      ExchangeRun.settle(exchange, trainStep, 5);
      exchange.begin(5);
      for (int bucket = 0; bucket < 3; bucket++) {
        UnsafeBuffer gradient = LinearTrainStep.floats(SMALL.buckets().get(bucket).length());
        gradient.putFloat(0, rank == 1 && bucket == 1 ? Float.NaN : 1);
        exchange.add(rank, bucket, gradient);
      }
      exchange.addLoss(rank, LinearTrainStep.loss(5, rank));
      return exchange.finish(trainStep);
    }
  }

  @Test
  void shouldWorkAloneWithoutMediaDriver() throws Exception {
    Generation alone = ExchangeRun.generation(MicroshardRange.split(3, 1), "/nowhere", "aeron:ipc");
    assertEquals(3, ExchangeRun.run(alone, SMALL, SETTINGS, 1, 3).get(0).results().size());
  }
}
