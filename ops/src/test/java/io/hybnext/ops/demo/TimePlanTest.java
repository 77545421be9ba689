package io.hybnext.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

/** A demo on a machine of given speed, on a clock that stands still unless it is moved. */
class TimePlanTest {
  private static final long START_NS = -77;

  private long nowNs = START_NS;

  private void pass(double seconds) {
    nowNs += (long) (seconds * 1e9);
  }

  private TimePlan plan(double limitSeconds, double secondsBefore, double showSeconds) {
    TimePlan plan = new TimePlan(limitSeconds, () -> nowNs, START_NS, 100);
    pass(secondsBefore);
    pass(showSeconds);
    plan.shown(showSeconds);
    return plan;
  }

  /** Trains as Demo does, and shows what it shows; returns the number of steps. */
  private long run(TimePlan plan, LongToDoubleFunction secondsOfStep, double showSeconds) {
    plan.beginTraining();
    long step = 0;
    double lately = 0;
    do {
      lately = secondsOfStep.applyAsDouble(++step);
      pass(lately);
      plan.stepped(step);
    } while (step < 800 && !plan.isTrainingOver(step, lately));
    pass(3 * lately + 1.5 + 3); // steps on the way, last checkpoint, processes end
    int shown = 0;
    while (shown < TimePlan.MOST_SHOWN && plan.hasTimeToShow(shown)) {
      pass(showSeconds);
      shown++;
    }
    assertTrue(shown >= TimePlan.FEWEST_SHOWN);
    pass(0.5); // the page
    return step;
  }

  @Test
  void shouldTrainAllStepsAndShowAllWithoutALimit() {
    TimePlan plan = plan(Double.POSITIVE_INFINITY, 1000, 50);
    assertEquals(100, plan.beginTraining());
    assertEquals(OptionalLong.empty(), plan.stepsThatFit(5, 100));
    assertFalse(plan.isTrainingOver(799, 1e9));
    assertTrue(plan.hasTimeToShow(TimePlan.MOST_SHOWN - 1));
  }

  @Test
  void shouldEndInTimeAndUseItOnMachinesOfAnySpeed() {
    for (double speed : new double[] {0.3, 1, 2}) {
      nowNs = START_NS;
      TimePlan plan = plan(180, 25 * speed, 7 * speed);
      long steps = run(plan, step -> 0.4 * speed, 7 * speed);
      double took = plan.elapsedSeconds();
      assertTrue(took <= 180, "speed " + speed + ": " + took + " s");
      assertTrue(steps == 800 || took >= 150, "speed " + speed + ": " + took + " s");
    }
  }

  @Test
  void shouldEndInTimeWhenStepsBecomeSlower() {
    TimePlan plan = plan(180, 20, 5);
    run(plan, step -> step < 100 ? 0.3 : 0.8, 5);
    assertTrue(plan.elapsedSeconds() <= 180, plan.elapsedSeconds() + " s");
  }

  @Test
  void shouldPutCheckpointsCloserTogetherWhenFewStepsFit() {
    assertEquals(100, plan(600, 25, 7).beginTraining());
    nowNs = START_NS;
    long few = plan(180, 60, 14).beginTraining();
    assertTrue(few >= 10 && few <= 30, "every " + few);
    nowNs = START_NS;
    assertEquals(10, plan(30, 60, 14).beginTraining());
  }

  @Test
  void shouldTrainForTwoCheckpointsWhateverTheTime() {
    TimePlan plan = plan(10, 60, 14);
    assertEquals(10, plan.beginTraining());
    assertFalse(plan.isTrainingOver(19, 1));
    assertTrue(plan.isTrainingOver(20, 1));
    assertTrue(plan.hasTimeToShow(0));
    assertTrue(plan.hasTimeToShow(1));
    assertFalse(plan.hasTimeToShow(2));
  }

  @Test
  void shouldLeaveTheTimeThatACheckpointTakes() {
    TimePlan plan = plan(180, 20, 5);
    long every = plan.beginTraining();
    long before = plan.stepsThatFit(every, 0.5).orElseThrow();
    plan.stepped(every);
    long atOnce = plan.stepsThatFit(every, 0.5).orElseThrow();
    pass(9);
    plan.saved(every);
    assertEquals(before, atOnce);
    assertEquals(before - 18 - 16, plan.stepsThatFit(every, 0.5).orElseThrow());
  }
}
