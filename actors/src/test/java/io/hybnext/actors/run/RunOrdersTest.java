package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static io.hybnext.actors.run.RunFixture.good;
import static io.hybnext.actors.run.RunFixture.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunAction.Answer;
import io.hybnext.actors.run.RunAction.Dismiss;
import io.hybnext.actors.run.RunAction.Hold;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators order, and trainers that leave. 20 steps, a checkpoint every 8. */
class RunOrdersTest {
  private static final long G = FIRST_GENERATION;

  private static RunFixture running(int trainers) {
    return new RunFixture(trainers, 1).running();
  }

  private static RunFixture order(RunFixture run, long number, RunOrder order) {
    return run.on(new RunEvent.Ordered(number, order));
  }

  private static RunFixture paused() {
    RunFixture run = running(2).steps(G, 0, 2);
    order(run, 1, new RunOrder.Pause("maintenance"));
    return run.held(0, G, 2).held(1, G, 3).report(0, G, good(2)).report(1, G, good(2));
  }

  private static List<Answer> answers(RunFixture run) {
    return run.of(Answer.class, run.all);
  }

  private static List<String> members(RunFixture run) {
    return run.announced().members().stream().map(Member::trainer).toList();
  }

  private static RunFixture wishToLeave(RunFixture run, int number) {
    return run.on(new RunEvent.TrainerLeaving(name(number), 1, "asked to leave"));
  }

  @Test
  void shouldStandAfterTheStepThatTheFurthestMemberIsIn() {
    RunFixture run = running(2).steps(G, 0, 2);
    order(run, 1, new RunOrder.Pause("maintenance"));
    assertEquals(1, run.of(Hold.class, run.last).size());
    run.held(0, G, 2);
    assertEquals(List.of(), answers(run));
    run.held(1, G, 3);
    assertEquals(3, run.limit());
    run.report(1, G, good(2)).report(0, G, good(2));
    assertEquals(List.of(new Answer(1, true, "paused after step 3")), answers(run));
    assertEquals(
        List.of(new ProgressEvent.Paused(3, "maintenance")), run.told(ProgressEvent.Paused.class));
    run.after(600);
    assertEquals(3, run.limit());
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(List.of(G), run.formed());
  }

  @Test
  void shouldGoOnWhereItStood() {
    RunFixture run = paused();
    order(run, 2, new RunOrder.Resume());
    assertEquals(6, run.limit());
    assertTrue(answers(run).get(1).done());
    assertEquals(1, run.told(ProgressEvent.Continued.class).size());
    run.steps(G, 3, 8).checkpoint(G, 8, 0).steps(G, 8, 16).checkpoint(G, 16, 0);
    run.steps(G, 16, 20).checkpoint(G, 20, 0).lose(0, 1).lose(1, 1);
    assertEquals(RunReport.Outcome.COMPLETED, run.report().outcome());
  }

  @Test
  void shouldStayPausedInTheNextGeneration() {
    RunFixture run = paused().lose(1, 1).ready(0, G + 1, 3);
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(3, run.limit());
    run.after(600);
    assertEquals(Phase.RUNNING, run.state.phase());
    order(run, 2, new RunOrder.Resume());
    assertEquals(6, run.limit());
  }

  @Test
  void shouldStopAPausedRunWithACheckpoint() {
    RunFixture run = paused().on(new RunEvent.StopRequested("Ctrl-C")).held(0, G, 3).held(1, G, 3);
    run.checkpoint(G, 3, 0).lose(0, 1).lose(1, 1);
    assertEquals(RunReport.Outcome.STOPPED, run.report().outcome());
    assertEquals(3, run.report().step());
  }

  @Test
  void shouldRefuseToResumeWhatIsNotPaused() {
    RunFixture run = order(running(2), 1, new RunOrder.Resume());
    assertEquals(List.of(new Answer(1, false, "the run is not paused")), answers(run));
  }

  @Test
  void shouldTakeACheckpointNowAndThenTheOnesThatAreDue() {
    RunFixture run = running(2).steps(G, 0, 6); // the one of step 8 is asked for already
    order(run, 1, new RunOrder.Checkpoint());
    run.held(0, G, 6).held(1, G, 7);
    assertEquals(7, run.request().step());
    run.steps(G, 6, 7).checkpoint(G, 7, 0);
    assertEquals(
        List.of(new Answer(1, true, "everything up to step 7 is in /run/step-7")), answers(run));
    assertEquals(8, run.request().step());
    run.steps(G, 7, 8).checkpoint(G, 8, 0);
    assertEquals(List.of(G), run.formed());
  }

  @Test
  void shouldTakeACheckpointWhilePaused() {
    RunFixture run = paused();
    order(run, 2, new RunOrder.Checkpoint());
    run.held(0, G, 3).held(1, G, 3).checkpoint(G, 3, 0);
    assertTrue(answers(run).get(1).done());
    assertEquals(3, run.limit());
  }

  @Test
  void shouldSayWhyACheckpointFailed() {
    RunFixture run = running(2).steps(G, 0, 2);
    order(run, 1, new RunOrder.Checkpoint());
    run.held(0, G, 2).held(1, G, 2).on(new RunEvent.PartFailed(name(0), G, 2, 0, "disk full"));
    String why = "the checkpoint at step 2 failed: trainer-0: disk full";
    assertEquals(List.of(new Answer(1, false, why)), answers(run));
    assertEquals(Phase.RUNNING, run.state.phase());
  }

  @Test
  void shouldLetATrainerGoWhenTheOthersHaveSettledWithoutIt() {
    RunFixture run = running(3).steps(G, 0, 2);
    order(run, 1, new RunOrder.Drain(name(1)));
    run.held(0, G, 2).held(1, G, 2).held(2, G, 2);
    assertEquals(List.of(name(0), name(2)), members(run));
    run.ready(0, G + 1, 2);
    assertEquals(List.of(), run.of(Dismiss.class, run.all));
    run.ready(2, G + 1, 2);
    assertEquals(name(1), run.only(Dismiss.class).trainer());
    run.lose(1, 1);
    assertTrue(answers(run).get(0).done());
    assertEquals(List.of(name(1)), run.told(TrainerState.LEFT));
    assertEquals(List.of(), run.told(TrainerState.LOST));
    assertEquals(3, run.told(TrainerState.LAUNCHED).size());
    assertEquals(List.of(0L, 1L), run.committed());
    assertEquals(List.of(G, G + 1), run.formed());
  }

  @Test
  void shouldLetTwoTrainersGoOneAfterTheOther() {
    RunFixture run = wishToLeave(wishToLeave(running(3).steps(G, 0, 2), 2), 1);
    run.held(0, G, 2).held(1, G, 2).held(2, G, 2);
    assertEquals(List.of(name(0), name(1)), members(run));
    run.ready(0, G + 1, 2).ready(1, G + 1, 2);
    assertEquals(name(2), run.only(Dismiss.class).trainer());
    assertEquals(1, run.of(Hold.class, run.last).size());
    run.on(new RunEvent.MemberHeld(name(0), G + 1, 1, 2));
    run.on(new RunEvent.MemberHeld(name(1), G + 1, 1, 2));
    assertEquals(List.of(name(0)), members(run));
  }

  @Test
  void shouldKeepATrainerThatWasToLeaveWhileOnlyItHoldsTheState() {
    RunFixture run = running(2).steps(G, 0, 2);
    order(run, 1, new RunOrder.Drain(name(1)));
    run.held(0, G, 2).held(1, G, 2).lose(0, 1); // the one that was to go on without it
    assertEquals(List.of(name(1)), members(run));
    assertEquals(List.of(), run.of(Dismiss.class, run.all));
    run.ready(1, G + 2, 2);
    assertFalse(answers(run).get(0).done());
    assertEquals(Phase.RUNNING, run.state.phase());
  }

  @Test
  void shouldRefuseToDrainTheLastTrainerAndStrangers() {
    RunFixture run = running(1);
    order(run, 1, new RunOrder.Drain(name(0)));
    order(run, 2, new RunOrder.Drain("node-7"));
    assertTrue(answers(run).get(0).sentence().contains("only trainer"));
    assertEquals(new Answer(2, false, "no trainer named node-7 is there"), answers(run).get(1));
    assertEquals(Phase.RUNNING, run.state.phase());
  }

  @Test
  void shouldLetTheLastTrainerGoAfterACheckpointWhenItWishesTo() {
    RunFixture run = wishToLeave(running(1).steps(G, 0, 2), 0).held(0, G, 2);
    assertEquals(2, run.request().step());
    run.checkpoint(G, 2, 0);
    assertEquals(name(0), run.only(Dismiss.class).trainer());
  }

  @Test
  void shouldTellAgainToLeaveWhoDidNotHear() {
    RunFixture run = wishToLeave(running(2), 1).held(0, G, 0).held(1, G, 0).ready(0, G + 1);
    assertEquals(name(1), run.only(Dismiss.class).trainer());
    run.join(1, 1).after(1);
    assertEquals(name(1), run.only(Dismiss.class).trainer());
    assertEquals(List.of(name(0)), members(run));
  }

  @Test
  void shouldNotWaitForATrainerThatFallsSilentWhileItLeaves() {
    RunFixture run = wishToLeave(running(3).steps(G, 0, 2), 1).held(0, G, 2).pause(1, 1);
    assertEquals(List.of(name(0), name(2)), members(run));
    run.ready(0, G + 1, 2).ready(2, G + 1, 2);
    assertEquals(name(1), run.only(Dismiss.class).trainer());
    run.resume(1, 1);
    assertEquals(List.of(G, G + 1), run.formed());
  }

  @Test
  void shouldAnswerEveryOrderWhenTheRunEnds() {
    RunFixture run = running(2).steps(G, 0, 2);
    order(run, 1, new RunOrder.Pause("maintenance"));
    run.on(new RunEvent.StopRequested("Ctrl-C")).held(0, G, 2).held(1, G, 2).checkpoint(G, 2, 0);
    order(run, 2, new RunOrder.Drain(name(0)));
    run.lose(0, 1).lose(1, 1);
    assertEquals(RunReport.Outcome.STOPPED, run.report().outcome());
    assertEquals(List.of(1L, 2L), answers(run).stream().map(Answer::number).sorted().toList());
  }

  @Test
  void shouldStartADrainedTrainerAgainWhenNoOtherIsLeft() {
    RunFixture run = new RunFixture(1, 1).running().join(5, 1).held(0, G, 0);
    run.ready(0, G + 1).ready(5, G + 1);
    order(run, 1, new RunOrder.Drain(name(0)));
    run.on(new RunEvent.MemberHeld(name(0), G + 1, 1, 0));
    run.on(new RunEvent.MemberHeld(name(5), G + 1, 1, 0)).ready(5, G + 2).lose(0, 1).lose(5, 1);
    assertEquals(2, run.told(TrainerState.LAUNCHED).size());
    assertEquals(Phase.GATHERING, run.state.phase());
  }
}
