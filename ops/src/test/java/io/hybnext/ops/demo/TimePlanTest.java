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

  private static final int IMAGES = 128;
  private static final double SHOWN_AN_IMAGE = 0.055; // seconds at speed 1

  private TimePlan plan(double limitSeconds, double secondsBefore, double showSeconds) {
    TimePlan plan = new TimePlan(limitSeconds, () -> nowNs, START_NS, 100);
    pass(secondsBefore);
    plan.imagesThatFit(IMAGES, showSeconds / IMAGES);
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
  void shouldMeasureOnFewerImagesWhereTrainingWouldGetTooLittle() {
    for (double speed : new double[] {1, 2, 3}) {
      nowNs = START_NS;
      TimePlan plan = new TimePlan(120, () -> nowNs, START_NS, 100);
      pass(2 * speed);
      plan.loaded();
      pass(13 * speed); // intake
      int images = plan.imagesThatFit(IMAGES, SHOWN_AN_IMAGE * speed);
      double show = images * SHOWN_AN_IMAGE * speed;
      pass(1.5 * show);
      plan.shown(show);
      pass(4 * speed); // trainers start
      long steps = run(plan, step -> 0.33 * speed, show);
      double took = plan.elapsedSeconds();
      assertTrue(took <= 120, "speed " + speed + ": " + took + " s");
      assertTrue(steps >= 20, "speed " + speed + ": " + steps + " steps");
      assertEquals(speed < 2, images == IMAGES, "speed " + speed + ": " + images);
      assertTrue(images >= TimePlan.FEWEST_IMAGES);
    }
  }

  @Test
  void shouldMeasureOnAllImagesWithoutALimitAndOnNoMoreThanThereAre() {
    TimePlan plan = new TimePlan(Double.POSITIVE_INFINITY, () -> nowNs, START_NS, 100);
    assertEquals(IMAGES, plan.imagesThatFit(IMAGES, 1000));
    TimePlan limited = new TimePlan(1, () -> nowNs, START_NS, 100);
    assertEquals(TimePlan.FEWEST_IMAGES, limited.imagesThatFit(IMAGES, 1000));
    assertEquals(4, limited.imagesThatFit(4, 1000));
  }

  @Test
  void shouldSayHowMuchTooShortTheTimeIs() {
    TimePlan plan = plan(40, 30, 8);
    assertEquals(5, plan.beginTraining());
    double least = 7 * 0.5 + 1 + 4 + 2 * 8; // seven more steps, a checkpoint, leaving, pictures
    assertEquals(38 + least - 40, plan.secondsTooLate(3, 0.5), 1e-6);
    assertEquals(0, plan(400, 30, 8).secondsTooLate(3, 0.5), 1e-6);
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
    assertTrue(few >= 5 && few <= 30, "every " + few);
    nowNs = START_NS;
    assertEquals(5, plan(30, 60, 14).beginTraining());
  }

  @Test
  void shouldTrainForTwoCheckpointsWhateverTheTime() {
    TimePlan plan = plan(10, 60, 14);
    assertEquals(5, plan.beginTraining());
    assertFalse(plan.isTrainingOver(9, 1));
    assertTrue(plan.isTrainingOver(10, 1));
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
