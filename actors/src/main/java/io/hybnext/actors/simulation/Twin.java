package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.ExchangeMachine;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.HeldState;
import io.hybnext.actors.exchange.PeerLinks;
import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WavePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;

/**
 * The same run on one undisturbed member: what weights, moments, losses and norms must be after
 * every step. Computed as far as it is asked for, and kept as fingerprints; used by one thread.
 */
final class Twin {
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final SimulatedModel model;
  private WavePlan plan;
  private final SimulatedTrainStep trainStep;
  private final ExchangeMachine machine;
  private final List<long[]> states = new ArrayList<>(); // by number of steps done
  private final List<StepResult> results = new ArrayList<>(); // by step

  /** Twins of one thread; simulations of the same model share theirs. */
  static final class Twins {
    private final Map<SimulatedModel, Twin> known = new HashMap<>();

    /** The twin of a model. */
    Twin of(SimulatedModel model) {
      return known.computeIfAbsent(model, Twin::new);
    }
  }

  /** Of a run that no new items enter. */
  Twin(SimulatedModel model) {
    this(model, List.of());
  }

  private Twin(SimulatedModel model, List<Wave> waves) {
    this.model = model;
    plan = model.plan(waves);
    trainStep = new SimulatedTrainStep(model, new SimulatedDisk(new Chance(0, 0)));
    Member alone = new Member("twin", 1, 0, new MicroshardRange(0, model.microshards()));
    Generation generation = new Generation("twin", 1, List.of(alone), 0, "", "", "aeron:ipc");
    machine =
        ExchangeMachine.of(
            generation, "twin", model.layout(), PeerLinks.NONE, ExchangeSettings.defaults());
    HeldState held = new HeldState(model.layout());
    trainStep.initialise();
    held.reset(0);
    machine.settle(trainStep, held);
    goOn();
    states.add(fingerprints(trainStep));
  }

  /**
   * The twin of a run that other items enter. Only for one that no other simulation shares.
   *
   * @param waves all of them
   * @param step the first that may draw other items than before
   */
  Twin with(List<Wave> waves, long step) {
    if (results.size() > step) {
      return new Twin(model, waves);
    }
    plan = model.plan(waves);
    return this;
  }

  private void goOn() {
    while (machine.phase() != ExchangeMachine.Phase.READY) {
      machine.advance();
    }
  }

  private void computeUpTo(long steps) {
    while (results.size() < steps) {
      long step = results.size();
      machine.begin(step);
      for (int microshard = 0; microshard < model.microshards(); microshard++) {
        int number = microshard;
        Batch batch = model.batch(plan, step, microshard);
        TrainStep.Loss loss =
            trainStep.forwardBackward(batch, (bucket, of) -> machine.add(number, bucket, of));
        machine.addLoss(microshard, loss);
      }
      machine.finish(trainStep);
      goOn();
      results.add(machine.result());
      states.add(fingerprints(trainStep));
    }
  }

  /** Two numbers a bucket: one of its weights, one of its moments. */
  private static long[] fingerprints(SimulatedTrainStep of) {
    long[] all = new long[2 * of.layout().buckets().size()];
    for (int bucket = 0; bucket < all.length / 2; bucket++) {
      all[2 * bucket] = fingerprint(of.weights(bucket));
      all[2 * bucket + 1] = fingerprint(of.moments(bucket));
    }
    return all;
  }

  private static long fingerprint(DirectBuffer weights) {
    long sum = 1;
    for (int at = 0; at < weights.capacity(); at += Float.BYTES) {
      sum = (sum ^ weights.getInt(at)) * PRIME;
      sum ^= sum >>> 29;
    }
    return sum;
  }

  private static long fingerprint(float[] moments) {
    long sum = 1;
    for (float moment : moments) {
      sum = (sum ^ Float.floatToRawIntBits(moment)) * PRIME;
      sum ^= sum >>> 29;
    }
    return sum;
  }

  /** What a step came to. */
  StepResult result(long step) {
    computeUpTo(step + 1);
    return results.get((int) step);
  }

  /**
   * Compares weights, and the moments that are held.
   *
   * @param steps number of steps done
   * @return the first bucket that differs; -1 when none does
   */
  int differs(SimulatedTrainStep from, long steps) {
    computeUpTo(steps);
    long[] wanted = states.get((int) steps);
    for (int bucket = 0; bucket < model.lengths().size(); bucket++) {
      boolean same = wanted[2 * bucket] == fingerprint(from.weights(bucket));
      if (from.holds(bucket)) {
        same &= wanted[2 * bucket + 1] == fingerprint(from.moments(bucket));
      }
      if (!same) {
        return bucket;
      }
    }
    return -1;
  }
}
