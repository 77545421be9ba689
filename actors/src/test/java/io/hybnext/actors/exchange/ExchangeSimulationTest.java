package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.SimulatedRun.Participant;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * Whole runs of exchange machines in one thread, each schedule from a seed. {@code
 * -Dhybnext.exchange.seeds} sets how many; a failure names its seed.
 */
class ExchangeSimulationTest {
  private static final int SEEDS = Integer.getInteger("hybnext.exchange.seeds", 200);

  private static void forSeeds(int count, IntConsumer run) {
    long only = Integer.getInteger("hybnext.exchange.seed", -1);
    for (int seed = 0; seed < count; seed++) {
      if (only >= 0 && seed != only) {
        continue;
      }
      try {
        run.accept(seed);
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
      }
    }
  }

  private static void turns(SimulatedRun run, int most) {
    for (int turn = run.random.nextInt(most); turn > 0 && !run.done(); turn--) {
      run.turn();
    }
  }

  /** Goes on to the moment just after somebody passed the next commit point. */
  private static void toCommitPoint(SimulatedRun run) {
    long before = run.newest();
    for (int turn = 0; turn < 4_000 && run.newest() == before && !run.done(); turn++) {
      run.turn();
    }
    turns(run, 1 + run.random.nextInt(60));
  }

  /** Goes on until somebody passes the next commit point; returns who. */
  private static Participant firstToCommit(SimulatedRun run) {
    long before = run.newest();
    while (run.newest() == before) {
      run.turn();
    }
    return run.present.stream()
        .filter(each -> each.held.committed() > before)
        .findFirst()
        .orElseThrow();
  }

  private static void finish(SimulatedRun run) {
    while (!run.done()) {
      run.turn();
      if (run.anyBroken() && run.random.nextInt(50) == 0) {
        run.regroup();
      }
    }
    run.assertSameBytes();
  }

  private static Participant anyOf(SimulatedRun run) {
    return run.present.get(run.random.nextInt(run.present.size()));
  }

  @Test
  void shouldEndWithTheBytesOfASingleMemberWhoeverTakesPart() {
    forSeeds(
        SEEDS / 4,
        seed -> {
          SimulatedRun run = new SimulatedRun(seed, 1 + seed % 8, 3);
          finish(run);
          assertEquals(Math.min(run.present.size(), 8), run.lost, "all initialise once");
        });
  }

  @Test
  void shouldLoseNothingWhenAnyMemberGoesAtAnyMoment() {
    forSeeds(
        SEEDS,
        seed -> {
          SimulatedRun run = new SimulatedRun(seed, 2 + seed % 7, 4);
          while (!run.settled()) {
            run.turn();
          }
          int initialised = run.lost;
          if (seed % 2 == 0) {
            turns(run, 2_000);
          } else {
            toCommitPoint(run);
          }
          run.kill(anyOf(run));
          turns(run, 100);
          run.regroup();
          finish(run);
          assertEquals(initialised, run.lost, "nobody goes back to disk");
        });
  }

  @Test
  void shouldCompleteAStepThoughTheOnlyOneThatCommittedItGoesWhileTheOthersSettle() {
    forSeeds(
        SEEDS,
        seed -> {
          SimulatedRun run = new SimulatedRun(seed, 3 + seed % 6, 3);
          while (!run.settled()) {
            run.turn();
          }
          int initialised = run.lost;
          Participant first = firstToCommit(run);
          run.regroup();
          while (run.present.stream().noneMatch(Participant::isMoving)) {
            run.turn();
          }
          turns(run, 120);
          run.kill(first);
          run.regroup();
          finish(run);
          assertEquals(initialised, run.lost, "nobody goes back to disk");
        });
  }

  @Test
  void shouldTakeBackAMemberThatIsAStepAheadOfTheOthers() {
    int[] ahead = new int[1];
    forSeeds(
        SEEDS,
        seed -> {
          SimulatedRun run = new SimulatedRun(seed, 3 + seed % 6, 3);
          while (!run.settled()) {
            run.turn();
          }
          int initialised = run.lost;
          Participant first = firstToCommit(run);
          run.pause(first);
          run.regroup();
          while (!run.settled()) {
            run.turn();
          }
          ahead[0] += first.held.committed() > run.newest() ? 1 : 0;
          run.resume(first);
          run.regroup();
          finish(run);
          assertEquals(initialised, run.lost, "nobody goes back to disk");
        });
    assertTrue(ahead[0] > 20 || SEEDS < 200, "it happens");
  }

  @Test
  void shouldSayThatStateIsLostOnlyWhenOwnerAndDeputyAreBothGone() {
    int[] counts = new int[2];
    forSeeds(
        SEEDS,
        seed -> {
          SimulatedRun run = new SimulatedRun(seed, 4 + seed % 5, 4);
          while (!run.settled()) {
            run.turn();
          }
          int initialised = run.lost;
          turns(run, 2_000);
          ChunkPartition partition = new ChunkPartition(run.layout, run.present.size());
          int one = run.random.nextInt(run.present.size());
          int other = (one + 1 + run.random.nextInt(run.present.size() - 1)) % run.present.size();
          boolean gone = false;
          for (int chunk = 0; chunk < partition.chunks(); chunk++) {
            gone |= partition.holds(one, chunk) && partition.holds(other, chunk);
          }
          Participant first = run.present.get(one);
          Participant second = run.present.get(other);
          run.kill(first);
          run.kill(second);
          turns(run, 100);
          run.regroup();
          finish(run);
          int expected = gone ? initialised + run.present.size() : initialised;
          assertEquals(expected, run.lost, "all go back to the checkpoint, or nobody");
          counts[gone ? 1 : 0]++;
        });
    assertTrue((counts[0] > 20 && counts[1] > 20) || SEEDS < 200, "both happen");
  }

  @Test
  void shouldEndWithTheSameBytesWhateverHappens() {
    forSeeds(
        2 * SEEDS,
        seed -> {
          SimulatedRun run = new SimulatedRun(seed, 1 + seed % 8, 3 + seed % 4);
          Random random = run.random;
          for (int event = random.nextInt(7); event > 0; event--) {
            if (random.nextBoolean()) {
              toCommitPoint(run);
            } else {
              turns(run, 1_200);
            }
            happen(run, random.nextInt(7));
            turns(run, random.nextBoolean() ? 1 : 200);
            if (random.nextInt(3) > 0) {
              run.regroup();
            }
          }
          run.regroup();
          finish(run);
        });
  }

  private static void happen(SimulatedRun run, int what) {
    boolean several = run.present.size() > 1;
    switch (what) {
      case 0 -> {
        if (several) {
          run.kill(anyOf(run));
        }
      }
      case 1 -> {
        if (run.present.size() > 2) {
          run.kill(anyOf(run));
          run.kill(anyOf(run));
        }
      }
      case 2 -> run.join();
      case 3 -> {
        if (several) {
          run.pause(anyOf(run));
        }
      }
      case 4, 5 -> {
        if (!run.paused.isEmpty()) {
          run.resume(run.paused.get(0));
        } else {
          run.join();
        }
      }
      default -> anyOf(run).trainStep.failAfter(run.random.nextInt(12));
    }
  }
}
