package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackgroundAdvanceTest {
  private static final int MEMBERS = 2;
  private static final int STEPS = 3;

  /** Some 200 messages each way; 16 find room before the other member takes any. */
  private static final BucketLayout LAYOUT = new BucketLayout(List.of(new Bucket("a", 400_000)));

  private static final ExchangeSettings SETTINGS =
      ExchangeSettings.defaults().withTermLength(1 << 20).withPieceLength(1024);

  @TempDir Path folder;

  @Test
  void shouldExchangeGradientsWhileAllMembersCompute() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(MEMBERS);
    CyclicBarrier together = new CyclicBarrier(MEMBERS);
    try (MediaDriverHost driver = MediaDriverHost.launch(folder.resolve("aeron"))) {
      Generation generation =
          ExchangeRun.generation(
              MicroshardRange.split(MEMBERS, MEMBERS),
              folder.resolve("aeron").toString(),
              "aeron:ipc");
      List<Future<?>> members = new ArrayList<>();
      for (Member member : generation.members()) {
        members.add(threads.submit(() -> run(generation, member, together)));
      }
      for (Future<?> each : members) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One begins when the other has added everything; both finish when everything was sent. */
  private static Void run(Generation generation, Member member, CyclicBarrier together)
      throws Exception {
    LinearTrainStep trainStep = new LinearTrainStep(LAYOUT, 1);
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, member.trainer(), LAYOUT, SETTINGS)) {
      ExchangeRun.settle(exchange, trainStep, 0);
      for (int step = 0; step < STEPS; step++) {
        if (member.rank() > 0) {
          together.await();
        }
        exchange.begin(step);
        ExchangeRun.addAll(exchange, member.microshards(), LAYOUT, step);
        if (member.rank() == 0) {
          assertTrue(exchange.unsent() > 0, "who does not compute takes nothing");
          together.await();
        }
        while (exchange.unsent() > 0) {
          LockSupport.parkNanos(1_000_000);
        }
        together.await();
        assertTrue(exchange.finish(trainStep).applied());
      }
    }
    return null;
  }
}
