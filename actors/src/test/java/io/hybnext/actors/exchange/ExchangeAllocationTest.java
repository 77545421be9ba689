package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Java heap that a step of the exchange takes on the trainer's thread. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExchangeAllocationTest {
  private static final int MEMBERS = 3;
  private static final int MICROSHARDS = 6;
  private static final int WARM_UP = 30; // buffers are made, and the code is compiled
  private static final int STEPS = 10;

  /** Far below one object a message: a step passes some 300 messages of 4 KB on here. */
  private static final long A_STEPS_RESULT = 4_096;

  private static final BucketLayout LAYOUT =
      new BucketLayout(List.of(new Bucket("a", 70_001), new Bucket("b", 130_000)));

  @TempDir Path folder;

  @Test
  void shouldTakeNoHeapForMessagesThroughSharedMemory() throws Exception {
    long bytes = heapOfAStep("aeron:ipc");
    assertTrue(bytes < A_STEPS_RESULT, bytes + " bytes a step");
  }

  @Test
  void shouldTakeNoHeapForDatagrams() throws Exception {
    int port;
    try (DatagramSocket free = new DatagramSocket()) {
      port = free.getLocalPort();
    }
    long bytes = heapOfAStep("aeron:udp?endpoint=127.0.0.1:" + port);
    assertTrue(bytes < A_STEPS_RESULT, bytes + " bytes a step");
  }

  /** Of the member that takes the most. */
  private long heapOfAStep(String channel) throws Exception {
    Path directory = folder.resolve("aeron");
    ExecutorService threads = Executors.newFixedThreadPool(MEMBERS);
    try (MediaDriverHost driver = MediaDriverHost.launch(directory)) {
      Generation generation =
          ExchangeRun.generation(
              MicroshardRange.split(MICROSHARDS, MEMBERS), directory.toString(), channel);
      List<Callable<Long>> members = new ArrayList<>();
      for (Member member : generation.members()) {
        members.add(() -> heapOfAStep(generation, member));
      }
      long most = 0;
      for (Future<Long> taken : threads.invokeAll(members)) {
        most = Math.max(most, taken.get());
      }
      return most;
    } finally {
      threads.shutdownNow();
    }
  }

  private static long heapOfAStep(Generation generation, Member member) {
    LinearTrainStep trainStep = new LinearTrainStep(LAYOUT, 1);
    UnsafeBuffer gradient = LinearTrainStep.floats(130_000);
    ExchangeSettings settings =
        ExchangeSettings.defaults().withTermLength(1 << 20).withPieceLength(1024);
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, member.trainer(), LAYOUT, settings)) {
      ExchangeRun.settle(exchange, trainStep, 0);
      long[] taken = new long[STEPS];
      for (int step = 0; step < WARM_UP + STEPS; step++) {
        long before = ProcessorTime.allocatedByThisThread();
        run(exchange, trainStep, member.microshards(), gradient, step);
        if (step >= WARM_UP) {
          taken[step - WARM_UP] = ProcessorTime.allocatedByThisThread() - before;
        }
      }
      Arrays.sort(taken);
      return taken[STEPS / 2]; // pools still grow in a step in which others are later than before
    }
  }

  private static void run(
      StepExchange exchange,
      LinearTrainStep trainStep,
      MicroshardRange range,
      UnsafeBuffer gradient,
      int step) {
    exchange.begin(step);
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      exchange.add(microshard, 1, gradient);
      exchange.add(microshard, 0, gradient);
      exchange.addLoss(microshard, LinearTrainStep.loss(step, microshard));
    }
    exchange.finish(trainStep);
  }
}
