package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;

/** Runs steps with every member in a thread of its own. */
final class ExchangeRun {
  private static final AtomicLong GENERATIONS = new AtomicLong();

  /** What a member has at the end. */
  record Outcome(
      LinearTrainStep trainStep, List<StepExchange.StepResult> results, List<Integer> buffers) {}

  private ExchangeRun() {}

  static Generation generation(List<MicroshardRange> ranges, String directory, String channel) {
    List<Member> members = new ArrayList<>();
    for (MicroshardRange range : ranges) {
      int rank = members.size();
      members.add(new Member("trainer-" + rank, 1, rank, range));
    }
    return new Generation("run", GENERATIONS.incrementAndGet(), members, 0, "", directory, channel);
  }

  static List<Outcome> run(
      Generation generation,
      BucketLayout layout,
      ExchangeSettings settings,
      double clipNorm,
      int steps)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(generation.worldSize());
    try {
      List<Future<Outcome>> futures = new ArrayList<>();
      for (Member member : generation.members()) {
        futures.add(
            threads.submit(() -> runMember(generation, member, layout, settings, clipNorm, steps)));
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> future : futures) {
        outcomes.add(future.get());
      }
      return outcomes;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Outcome runMember(
      Generation generation,
      Member member,
      BucketLayout layout,
      ExchangeSettings settings,
      double clipNorm,
      int steps) {
    LinearTrainStep trainStep = new LinearTrainStep(layout, clipNorm);
    List<StepExchange.StepResult> results = new ArrayList<>();
    List<Integer> buffers = new ArrayList<>();
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, member.trainer(), layout, settings)) {
      settle(exchange, trainStep, 0);
      for (int step = 0; step < steps; step++) {
        exchange.begin(step);
        addAll(exchange, member.microshards(), layout, step);
        results.add(exchange.finish(trainStep));
        buffers.add(exchange.buffersAllocated());
      }
    }
    return new Outcome(trainStep, results, buffers);
  }

  /** Starts a generation whose members hold everything after {@code step} steps. */
  static void settle(StepExchange exchange, TrainStep trainStep, long step) {
    HeldState held = new HeldState(trainStep.layout());
    Settlement settlement = exchange.settle(trainStep, held);
    if (settlement instanceof Settlement.StateLost) {
      held.reset(step);
      settlement = exchange.settle(trainStep, held);
    }
    assertEquals(new Settlement.GoOn(step, Optional.empty()), settlement);
  }

  /** Buckets from last to first, as a backward pass gives them. */
  static void addAll(StepExchange exchange, MicroshardRange range, BucketLayout layout, long step) {
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      for (int bucket = layout.buckets().size() - 1; bucket >= 0; bucket--) {
        UnsafeBuffer gradient = LinearTrainStep.floats(layout.buckets().get(bucket).length());
        for (int i = 0; i < gradient.capacity() / Float.BYTES; i++) {
          gradient.putFloat(i * Float.BYTES, LinearTrainStep.gradient(step, microshard, bucket, i));
        }
        exchange.add(microshard, bucket, gradient);
        gradient.setMemory(0, gradient.capacity(), (byte) 0x7f); // valid during the call only
      }
      exchange.addLoss(microshard, LinearTrainStep.loss(step, microshard));
    }
  }
}
