package io.hybnext.actors.simulation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the simulations would find: bugs that are there on purpose. */
class PlantedBugsTest {
  private static final long SEEDS = 300;

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void shouldFindEveryPlantedBug(PlantedBug bug) {
    Simulation simulation = new Simulation(bug.parts);
    String found = "";
    long seed = 0;
    for (; seed < SEEDS && found.isEmpty(); seed++) {
      found = simulation.run(seed).violation();
    }
    assertFalse(found.isEmpty(), bug + " was not found by " + SEEDS + " seeds");
    assertTrue(
        new Simulation().run(seed - 1).violation().isEmpty(), "it is not this bug: " + found);
  }
}
