package io.hybnext.actors.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Simulations of many seeds, on several threads that share nothing but the next seed.
 *
 * @param from first seed
 * @param seeds number of seeds, at least 1
 * @param days training time of each run, without what faults add; 0 for short runs with many faults
 * @param threads number of threads, at least 1
 */
public record Campaign(long from, long seeds, double days, int threads) {
  private static final int MOST_TOLD = 20;
  private static final double DAY_NS = 86_400e9;

  /** Checks the values. */
  public Campaign {
    check(seeds >= 1, "seeds", seeds, "at least 1");
    check(days >= 0 && days <= 1000, "days", days, "0 to 1000");
    check(threads >= 1, "threads", threads, "at least 1");
  }

  private static void check(boolean ok, String name, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(name + " = " + value + ": want " + rule);
    }
  }

  /**
   * What a campaign came to.
   *
   * @param seeds number of simulations
   * @param violated number of simulations in which something did not hold
   * @param violations the first of them
   * @param steps steps committed
   * @param events events in all
   * @param faults faults by kind
   * @param virtualDays virtual time of all runs
   * @param trainingDays training time of all runs, without what faults added
   * @param seconds wall time
   */
  public record Outcome(
      long seeds,
      long violated,
      List<Simulation.Result> violations,
      long steps,
      long events,
      Map<String, Long> faults,
      double virtualDays,
      double trainingDays,
      double seconds) {

    /** Simulated training-days an hour of wall time. */
    public double trainingDaysAnHour() {
      return trainingDays / seconds * 3600;
    }
  }

  /** Adds up what the threads find. */
  private static final class Sum {
    private final List<Simulation.Result> violations = new ArrayList<>();
    private final Map<String, Long> faults = new TreeMap<>();
    private long violated;
    private long seeds;
    private long steps;
    private long events;
    private double virtualDays;
    private double trainingDays;

    synchronized void add(Simulation.Result result) {
      seeds++;
      steps += result.steps();
      events += result.events();
      virtualDays += result.virtualNs() / DAY_NS;
      trainingDays += result.trainingNs() / DAY_NS;
      result.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
      if (!result.violation().isEmpty()) {
        violated++;
        if (violations.size() < MOST_TOLD) {
          violations.add(result);
        }
      }
    }
  }

  /** Runs all of them. */
  public Outcome run() throws InterruptedException {
    long startNs = System.nanoTime();
    AtomicLong next = new AtomicLong(from);
    Sum sum = new Sum();
    List<Thread> workers = new ArrayList<>();
    List<Throwable> defects = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread worker = new Thread(() -> work(next, sum), "simulation-" + i);
      worker.setUncaughtExceptionHandler(
          (thread, error) -> {
            synchronized (defects) {
              defects.add(error);
            }
          });
      workers.add(worker);
      worker.start();
    }
    for (Thread worker : workers) {
      worker.join();
    }
    if (!defects.isEmpty()) {
      throw new IllegalStateException("a simulation failed", defects.get(0));
    }
    return new Outcome(
        sum.seeds,
        sum.violated,
        sum.violations,
        sum.steps,
        sum.events,
        sum.faults,
        sum.virtualDays,
        sum.trainingDays,
        (System.nanoTime() - startNs) / 1e9);
  }

  private void work(AtomicLong next, Sum sum) {
    Simulation simulation = new Simulation();
    for (long seed = next.getAndIncrement(); seed < from + seeds; seed = next.getAndIncrement()) {
      sum.add(simulation.run(seed, days, null));
    }
  }
}
