package io.hybnext.actors.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final long SEEDS = 2_000;

  @Test
  void shouldHoldWhatMustHoldInThousandsOfRunsFullOfFaults() throws InterruptedException {
    Campaign.Outcome outcome = new Campaign(0, SEEDS, 0, 2).run();
    assertEquals(List.of(), outcome.violations());
    assertEquals(SEEDS, outcome.seeds());
    assertTrue(outcome.steps() > 30 * SEEDS, "too few steps: " + outcome.steps());
    for (Faults.Kind kind : Faults.Kind.values()) {
      assertTrue(outcome.faults().getOrDefault(kind.toString(), 0L) > 0, kind + " never struck");
    }
  }

  @Test
  void shouldReplayASeedToTheLastEvent() {
    for (long seed = 100; seed < 110; seed++) {
      List<String> first = new ArrayList<>();
      List<String> second = new ArrayList<>();
      Simulation.Result once = new Simulation().run(seed, 0, new Trace(first::add));
      Simulation again = new Simulation();
      again.run(seed + 1); // what was simulated before does not matter
      assertEquals(once, again.run(seed, 0, new Trace(second::add)));
      assertEquals(first, second);
    }
  }

  @Test
  void shouldKeepItsPromisesWhereItDidNotBefore() {
    Simulation simulation = new Simulation();
    long[] seeds = {
      5697,
      5987, // members behind the newest checkpoint, of which nobody had told them
      20871, // they did so when another coordinator led than the one that had let members do it
      17, // new items entered at a step that a roll-back did again
      21377, // a confirmation was overtaken by the one before it
      6474 // the journal's name was not on disk when the power went
    };
    for (long seed : seeds) {
      assertEquals("", simulation.run(seed).violation(), () -> "seed " + seed);
    }
  }

  @Test
  void shouldMakeAnotherRunOfAnotherSeed() {
    Simulation simulation = new Simulation();
    Set<Long> events = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      events.add(simulation.run(seed).events());
    }
    assertTrue(events.size() > 15, "too few different runs: " + events.size());
  }

  @Test
  void shouldSimulateLongRuns() throws InterruptedException {
    Campaign.Outcome outcome = new Campaign(7, 4, 0.02, 1).run();
    assertEquals(List.of(), outcome.violations());
    assertEquals(0.08, outcome.trainingDays(), 0.01);
    assertTrue(outcome.virtualDays() > outcome.trainingDays());
  }

  @Test
  void shouldRefuseImpossibleCampaigns() {
    assertThrows(IllegalArgumentException.class, () -> new Campaign(0, 0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Campaign(0, 1, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Campaign(0, 1, 0, 0));
  }

  @Test
  void shouldNoticeAnotherOrderOfSummingInTheMaths() {
    SimulatedModel model = new SimulatedModel(4, List.of(9));
    SimulatedTrainStep maths = new SimulatedTrainStep(model, new SimulatedDisk(new Chance(1, 1)));
    maths.initialise();
    List<float[]> gradients = new ArrayList<>();
    for (int microshard = 0; microshard < 4; microshard++) {
      maths.forwardBackward(
          model.batch(model.plan(List.of()), 0, microshard),
          (bucket, gradient) -> {
            float[] copy = new float[9];
            for (int i = 0; i < copy.length; i++) {
              copy[i] = gradient.getFloat(i * Float.BYTES);
            }
            gradients.add(copy);
          });
    }
    int different = 0;
    for (int i = 0; i < 9; i++) {
      float a = gradients.get(0)[i];
      float b = gradients.get(1)[i];
      float c = gradients.get(2)[i];
      float d = gradients.get(3)[i];
      different += a + b + (c + d) == a + b + c + d ? 0 : 1;
    }
    assertNotEquals(0, different);
  }
}
