package io.hybnext.actors.simulation;

import java.util.Map;
import java.util.TreeMap;

/**
 * Runs simulations. The same seed is the same simulation, to the last event; so whatever one finds
 * can be looked at again, with a {@link Trace}.
 */
public final class Simulation {
  private static final long PATIENCE_NS = 3600 * Scenario.SECOND;
  private static final int CHECK_QUEUES = 0xfff;

  private final Twin.Twins twins = new Twin.Twins();
  private final Parts parts;

  /** For any number of simulations, one after another, on one thread. */
  public Simulation() {
    this(new Parts());
  }

  /** The same, of other parts. */
  Simulation(Parts parts) {
    this.parts = parts;
  }

  /**
   * What a simulation came to.
   *
   * @param seed its seed
   * @param violation what did not hold, in a sentence with the scenario; empty when all did
   * @param virtualNs virtual time that it took
   * @param trainingNs virtual time of the undisturbed run
   * @param steps steps committed
   * @param losses how often members went back to a checkpoint
   * @param events number of events
   * @param faults faults by kind
   */
  public record Result(
      long seed,
      String violation,
      long virtualNs,
      long trainingNs,
      long steps,
      long losses,
      long events,
      Map<String, Long> faults) {}

  /** A short run, of some minutes of virtual time, with many faults. */
  public Result run(long seed) {
    return run(Scenario.ofSeed(seed), null);
  }

  /**
   * A run of so much training time.
   *
   * @param days of training; 0 for a short run
   * @param trace takes every line of what happens; null for none
   */
  public Result run(long seed, double days, Trace trace) {
    return run(days > 0 ? Scenario.ofDays(seed, days) : Scenario.ofSeed(seed), trace);
  }

  Result run(Scenario scenario, Trace trace) {
    Twin twin = scenario.newItems ? new Twin(scenario.model) : twins.of(scenario.model);
    World world = new World(scenario, parts, twin, trace);
    Faults faults = new Faults(world);
    Operators operators = new Operators(world);
    String violation = "";
    try {
      world.startRun();
      faults.begin();
      operators.begin();
      new Offers(world).begin();
      go(world, faults);
    } catch (RuntimeException e) {
      violation = describe(world, e);
    }
    Map<String, Long> kinds = new TreeMap<>();
    faults.counts().forEach((kind, count) -> kinds.put(kind.toString(), count));
    if (operators.count() > 0) {
      kinds.put("ORDERS", operators.count());
    }
    return new Result(
        scenario.seed,
        violation,
        world.nowNs(),
        scenario.trainingNs(),
        world.invariants().steps(),
        world.invariants().losses(),
        world.events().count(),
        kinds);
  }

  private static void go(World world, Faults faults) {
    long untilNs = world.scenario().trainingNs() * 8 + PATIENCE_NS;
    long count = 0;
    while (world.report() == null) {
      if (!world.events().runNext()) {
        throw new Violation("nothing happens any more");
      }
      faults.afterEvent();
      if ((++count & CHECK_QUEUES) == 0) {
        world.invariants().checkQueues();
      }
      if (world.nowNs() > untilNs) {
        throw new Violation("the run does not come to its end");
      }
    }
  }

  private static String describe(World world, RuntimeException error) {
    String what = error.getMessage();
    if (!(error instanceof Violation)) {
      StackTraceElement[] stack = error.getStackTrace();
      what = "a defect in the code: " + error + (stack.length == 0 ? "" : " at " + stack[0]);
    }
    return String.format(
        "after %.6f s %s [%s] (%s)", world.nowNs() / 1e9, what, world.describe(), world.scenario());
  }
}
