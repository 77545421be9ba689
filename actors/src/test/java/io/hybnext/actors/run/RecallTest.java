package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static io.hybnext.actors.run.RunFixture.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunAction.Answer;
import io.hybnext.actors.run.RunAction.Dismiss;
import io.hybnext.actors.run.RunAction.LaunchTrainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trainers that operators call back. 20 steps, a checkpoint every 8. */
class RecallTest {
  private static final long G = FIRST_GENERATION;

  private static RunFixture order(RunFixture run, long number, RunOrder order) {
    return run.on(new RunEvent.Ordered(number, order));
  }

  /** Three trainers, of which the second left after two steps. */
  private static RunFixture drained() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 2);
    order(run, 1, new RunOrder.Drain(name(1)));
    run.held(0, G, 2).held(1, G, 2).held(2, G, 2).ready(0, G + 1, 2).ready(2, G + 1, 2);
    return run;
  }

  private static List<Answer> answers(RunFixture run) {
    return run.of(Answer.class, run.all);
  }

  private static List<String> members(RunFixture run) {
    return run.announced().members().stream().map(Member::trainer).toList();
  }

  @Test
  void shouldStartADrainedTrainerAgainAndTakeItInBetweenTwoSteps() {
    RunFixture run = drained().lose(1, 1);
    order(run, 2, new RunOrder.Recall(name(1)));
    assertEquals(new LaunchTrainer(name(1), 2, 0), run.only(LaunchTrainer.class));
    assertEquals(1, answers(run).size());
    run.join(1, 2);
    assertEquals(new Answer(2, true, "trainer-1 is there, and takes part"), answers(run).get(1));
    run.on(new RunEvent.MemberHeld(name(0), G + 1, 1, 2));
    run.on(new RunEvent.MemberHeld(name(2), G + 1, 1, 2));
    assertEquals(List.of(name(0), name(1), name(2)), members(run));
  }

  @Test
  void shouldRestartARecalledTrainerThatIsLostAsAnyOther() {
    RunFixture run = drained().lose(1, 1);
    order(run, 2, new RunOrder.Recall(name(1)));
    run.join(1, 2).lose(1, 2);
    assertEquals(3, run.only(LaunchTrainer.class).incarnation());
  }

  @Test
  void shouldStartATrainerThatIsStillLeavingAsSoonAsItIsGone() {
    RunFixture run = drained();
    assertEquals(1, run.of(Dismiss.class, run.all).size());
    order(run, 2, new RunOrder.Recall(name(1)));
    assertEquals(List.of(), run.of(LaunchTrainer.class, run.last));
    assertEquals(List.of(), answers(run));
    run.lose(1, 1);
    assertEquals(2, run.only(LaunchTrainer.class).incarnation());
    assertEquals(1, answers(run).get(0).number());
    assertTrue(run.join(1, 2).only(Answer.class).done());
  }

  @Test
  void shouldKeepATrainerThatWasNotToldToLeaveYet() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 2);
    order(run, 1, new RunOrder.Drain(name(1)));
    order(run, 2, new RunOrder.Recall(name(1)));
    assertEquals(
        List.of(
            new Answer(1, false, "somebody called trainer-1 back before it left"),
            new Answer(2, true, "trainer-1 is there, and takes part")),
        answers(run));
    run.held(0, G, 2).held(1, G, 2).held(2, G, 2);
    assertEquals(List.of(name(0), name(1), name(2)), members(run));
    run.ready(0, G + 1, 2).ready(1, G + 1, 2).ready(2, G + 1, 2);
    assertEquals(List.of(), run.of(Dismiss.class, run.all));
    assertEquals(2, run.lose(1, 1).only(LaunchTrainer.class).incarnation()); // not retired
  }

  @Test
  void shouldTryATrainerThatWasGivenUpAgain() {
    RunFixture run = new RunFixture(2, 1).running();
    for (long incarnation = 1; incarnation <= 3; incarnation++) {
      run.lose(1, incarnation);
    }
    assertEquals(List.of(name(1)), run.told(TrainerState.GIVEN_UP));
    order(run, 1, new RunOrder.Recall(name(1)));
    assertEquals(4, run.only(LaunchTrainer.class).incarnation());
    run.lose(1, 4).lose(1, 5);
    assertEquals(List.of(), answers(run));
    assertFalse(run.lose(1, 6).only(Answer.class).done());
  }

  @Test
  void shouldSayWhatToDoAboutOneThatTheRunDidNotStartAndRefuseOneThatIsThere() {
    RunFixture run = new RunFixture(1, 1).running().join(5, 1).lose(5, 1);
    order(run, 1, new RunOrder.Recall(name(5)));
    order(run, 2, new RunOrder.Recall(name(0)));
    order(run, 3, new RunOrder.Recall("stranger"));
    assertTrue(answers(run).get(0).sentence().contains("start `node` on its machine"));
    assertEquals(new Answer(2, false, "trainer-0 is there already"), answers(run).get(1));
    assertTrue(answers(run).get(2).sentence().startsWith("no trainer named stranger"));
    assertEquals(List.of(1L, 2L, 3L), answers(run).stream().map(Answer::number).toList());
  }
}
