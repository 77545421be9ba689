package io.hybnext.actors.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrainerPlanTest {
  private static final CheckpointRequest AT_FIVE = new CheckpointRequest(5, 0, "/run/.partial");

  private final TrainerPlan plan = new TrainerPlan();

  private static Generation generation(long number, long startStep) {
    Member member = new Member("trainer-0", 1, 0, new MicroshardRange(0, 4));
    return new Generation("run", number, List.of(member), startStep, "", "", "aeron:ipc");
  }

  private void running(long number, long startStep) {
    plan.announce(generation(number, startStep));
    plan.preparing(generation(number, startStep));
    plan.settled(startStep);
  }

  @Test
  void shouldDoNothingBeforeItsMembersHaveSettledAndThenGoOnWhereTheyDid() {
    plan.announce(generation(1, 3));
    plan.preparing(generation(1, 3));
    plan.proceed(1, 0, 9, Optional.empty());
    assertEquals(new TrainerPlan.Wait(), plan.next());
    assertEquals(OptionalLong.empty(), plan.hold(1, 1));
    plan.settled(7);
    assertEquals(new TrainerPlan.RunStep(7), plan.next());
  }

  @Test
  void shouldBeginNoStepWhileItIsHeldAndThenStopWhereItIsTold() {
    running(1, 3);
    plan.proceed(1, 0, 9, Optional.of(AT_FIVE));
    assertEquals(OptionalLong.of(3), plan.hold(1, 1));
    assertEquals(new TrainerPlan.Wait(), plan.next());
    plan.proceed(1, 1, 9, Optional.empty());
    plan.stepping();
    assertEquals(OptionalLong.of(4), plan.hold(1, 2));
    plan.stepped();
    assertEquals(OptionalLong.of(4), plan.hold(1, 2));
    plan.proceed(1, 2, 5, Optional.empty());
    assertEquals(new TrainerPlan.RunStep(4), plan.next());
    plan.stepped();
    assertEquals(new TrainerPlan.Capture(AT_FIVE), plan.next());
    plan.captured(AT_FIVE);
    assertEquals(new TrainerPlan.Wait(), plan.next());
    assertEquals(OptionalLong.empty(), plan.hold(2, 1));
  }

  @Test
  void shouldIgnoreOrdersThatAHoldOvertook() {
    running(1, 3);
    assertEquals(OptionalLong.of(3), plan.hold(1, 2));
    plan.proceed(1, 1, 9, Optional.empty());
    assertEquals(new TrainerPlan.Wait(), plan.next());
    assertEquals(OptionalLong.empty(), plan.hold(1, 1));
    plan.proceed(1, 2, 4, Optional.empty());
    plan.proceed(1, 1, 9, Optional.empty());
    assertEquals(new TrainerPlan.RunStep(3), plan.next());
    plan.stepped();
    assertEquals(new TrainerPlan.Wait(), plan.next());
  }

  @Test
  void shouldWaitUntilAGenerationIsAnnounced() {
    assertEquals(new TrainerPlan.Wait(), plan.next());
    plan.proceed(1, 0, 10, Optional.empty());
    assertEquals(new TrainerPlan.Wait(), plan.next());
    assertTrue(plan.announce(generation(1, 3)));
    assertFalse(plan.announce(generation(1, 3)));
    assertEquals(new TrainerPlan.Prepare(generation(1, 3)), plan.next());
  }

  @Test
  void shouldRunUpToTheLimitWhichNeverFalls() {
    running(1, 3);
    assertEquals(new TrainerPlan.Wait(), plan.next());
    plan.proceed(1, 0, 5, Optional.empty());
    plan.proceed(1, 0, 4, Optional.empty());
    assertEquals(new TrainerPlan.RunStep(3), plan.next());
    plan.stepped();
    assertEquals(new TrainerPlan.RunStep(4), plan.next());
    plan.stepped();
    assertEquals(new TrainerPlan.Wait(), plan.next());
  }

  @Test
  void shouldTakeACheckpointAtItsStepOnce() {
    running(1, 4);
    plan.proceed(1, 0, 7, Optional.of(AT_FIVE));
    assertEquals(new TrainerPlan.RunStep(4), plan.next());
    plan.stepped();
    assertEquals(new TrainerPlan.Capture(AT_FIVE), plan.next());
    plan.captured(AT_FIVE);
    plan.proceed(1, 0, 7, Optional.of(AT_FIVE));
    assertEquals(new TrainerPlan.RunStep(5), plan.next());
  }

  @Test
  void shouldTakeACheckpointThatIsAskedForWhileItWaitsThere() {
    running(1, 4);
    plan.proceed(1, 0, 5, Optional.empty());
    plan.stepped();
    assertEquals(new TrainerPlan.Wait(), plan.next());
    plan.proceed(1, 0, 5, Optional.of(AT_FIVE));
    assertEquals(new TrainerPlan.Capture(AT_FIVE), plan.next());
    plan.captured(AT_FIVE);
    CheckpointRequest again = new CheckpointRequest(5, 1, "/run/.partial-again");
    plan.proceed(1, 0, 5, Optional.of(again));
    assertEquals(new TrainerPlan.Capture(again), plan.next());
  }

  @Test
  void shouldIgnoreOrdersOfOlderGenerations() {
    running(2, 0);
    assertFalse(plan.announce(generation(1, 0)));
    plan.proceed(1, 0, 9, Optional.of(AT_FIVE));
    assertFalse(plan.abort(1));
    assertTrue(plan.isIntact(2));
    assertEquals(new TrainerPlan.Wait(), plan.next());
  }

  @Test
  void shouldDropAnAbortedGenerationAndTakeTheNext() {
    running(1, 0);
    plan.proceed(1, 0, 9, Optional.empty());
    assertTrue(plan.abort(1));
    assertFalse(plan.abort(1));
    assertEquals(new TrainerPlan.Wait(), plan.next());
    plan.announce(generation(2, 0));
    assertEquals(new TrainerPlan.Prepare(generation(2, 0)), plan.next());
    assertTrue(plan.abort(2));
    assertEquals(new TrainerPlan.Wait(), plan.next());
  }

  @Test
  void shouldRestartFromTheBeginningOfTheNextGeneration() {
    running(1, 0);
    plan.proceed(1, 0, 9, Optional.of(AT_FIVE));
    plan.stepped();
    plan.broke();
    assertEquals(new TrainerPlan.Wait(), plan.next());
    running(2, 0);
    plan.proceed(2, 0, 1, Optional.empty());
    assertEquals(new TrainerPlan.RunStep(0), plan.next());
  }

  @Test
  void shouldLeaveWhateverElseThereIsToDo() {
    running(1, 0);
    plan.proceed(1, 0, 9, Optional.empty());
    plan.announce(generation(2, 0));
    plan.leave();
    assertTrue(plan.isLeaving());
    assertEquals(new TrainerPlan.Leave(), plan.next());
  }
}
