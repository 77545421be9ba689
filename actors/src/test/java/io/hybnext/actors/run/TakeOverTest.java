package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.membership.Generation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A coordinator that goes on where another one ended. */
class TakeOverTest {
  private static final long G = FIRST_GENERATION;

  @Test
  void shouldTakeOverFromAnotherCoordinatorWithWhatTheMembersHold() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    run.nowNs += 7_000_000;
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    run.on(
        new RunEvent.TrainerJoined(
            "trainer-0", 1, "here", "", Optional.of(new Position(theirs, false, 8))));
    assertEquals(Phase.GATHERING, run.state.phase());
    run.on(
        new RunEvent.TrainerJoined(
            "trainer-1", 1, "here", "", Optional.of(new Position(theirs, false, 8))));
    run.only(RunAction.ResolveCheckpoint.class);
    assertEquals(G + 1, run.resolved(8).announced().number());
    run.ready(0, G + 1, 12, RunFixture.good(10), RunFixture.good(11)).ready(1, G + 1, 12);
    assertEquals(List.of(10L, 11L), run.committed());
    assertEquals(Phase.RUNNING, run.report(0, G + 1, RunFixture.good(12)).state.phase());
    ProgressEvent.GenerationRunning told =
        run.report(1, G + 1, RunFixture.good(12))
            .told(ProgressEvent.GenerationRunning.class)
            .get(0);
    assertEquals(0, told.announceMs(), "it had no news to wait for");
  }

  @Test
  void shouldNotWaitLongForMembersThatDoNotFindTheNextCoordinator() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    run.on(
        new RunEvent.TrainerJoined(
            "trainer-0", 1, "here", "", Optional.of(new Position(theirs, false, 8))));
    run.after(3).only(RunAction.ResolveCheckpoint.class);
    assertEquals(1, run.resolved(8).announced().worldSize());
  }

  @Test
  void shouldNotWaitForMembersThatDiedWithTheirCoordinator() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    run.on(new RunEvent.TrainersPresent(2));
    join(run, 0, theirs, true);
    assertEquals(List.of(), run.of(RunAction.ResolveCheckpoint.class, run.all));
    run.on(new RunEvent.TrainersPresent(1)).only(RunAction.ResolveCheckpoint.class);
    assertEquals(1, run.resolved(8).announced().worldSize());
  }

  @Test
  void shouldLeadAGenerationOnThatIsWholeWithoutAnother() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(run, 0, theirs, true).last = List.of();
    join(run, 1, theirs, true).resolved(8);
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(List.of(), run.of(RunAction.Announce.class, run.all));
    RunAction.Hold hold = run.only(RunAction.Hold.class);
    assertEquals(true, hold.holds() > 1_000); // more than the other coordinator ever gave
    run.report(0, G, RunFixture.good(9)).report(1, G, RunFixture.good(9));
    run.held(0, G, 10).held(1, G, 11);
    assertEquals(List.of(9L), run.committed());
    assertEquals(hold.holds(), run.of(RunAction.Proceed.class, run.last).get(0).holds());
    assertEquals(13, run.limit());
    run.report(0, G, RunFixture.good(10)).report(1, G, RunFixture.good(10));
    assertEquals(List.of(9L, 10L), run.committed());
    assertEquals(
        0, run.report(0, G, RunFixture.good(11)).told(ProgressEvent.RolledBack.class).size());
  }

  @Test
  void shouldFormAnotherGenerationWhenTheMembersDoNotAnswer() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(join(run, 0, theirs, true), 1, theirs, true).resolved(8);
    assertEquals(G + 1, run.after(3).announced().number());
  }

  @Test
  void shouldWaitForMembersWhileOthersSayThatTheyGoOn() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(run, 0, theirs, true).after(8);
    assertEquals(Phase.GATHERING, run.state.phase());
    join(run, 0, theirs, false).after(1).only(RunAction.ResolveCheckpoint.class);
    assertEquals(1, run.resolved(8).announced().worldSize());
  }

  @Test
  void shouldSaveTheEndThatNobodySaved() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(join(run, 0, theirs, false), 1, theirs, false).resolved(16);
    run.ready(0, G + 1, 20).ready(1, G + 1, 20);
    assertEquals(20, run.request().step());
  }

  @Test
  void shouldTakeInWhoJoinedMeanwhile() {
    RunFixture run = new RunFixture(3, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(join(run.join(2, 1), 0, theirs, true), 1, theirs, true).resolved(8);
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(3, run.held(0, G, 9).held(1, G, 9).steps(G, 8, 9).announced().worldSize());
  }

  @Test
  void shouldLetARunStandThatWasPausedUntilSomebodyResumesIt() {
    RunFixture run = RunFixture.takenOverPaused(2, "maintenance").gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(join(run, 0, theirs, true), 1, theirs, true).resolved(8);
    run.held(0, G, 9).held(1, G, 9);
    assertEquals(9, run.limit());
    assertEquals(
        List.of(new ProgressEvent.Paused(9, "maintenance")), run.told(ProgressEvent.Paused.class));
    assertEquals(9, run.after(30).limit());
    run.on(new RunEvent.Ordered(1, new RunOrder.Resume()));
    assertEquals(12, run.limit());
  }

  @Test
  void shouldLetAPausedRunStandInAGenerationOfItsOwn() {
    RunFixture run = RunFixture.takenOverPaused(2, "maintenance").gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    join(join(run, 0, theirs, false), 1, theirs, false).resolved(8);
    run.ready(0, G + 1, 9).ready(1, G + 1, 9);
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(List.of(), run.of(RunAction.Proceed.class, run.all));
    assertEquals(1, run.told(ProgressEvent.Paused.class).size());
  }

  private static RunFixture join(RunFixture run, int number, Generation in, boolean intact) {
    Position position = new Position(in, intact, 9);
    return run.on(
        new RunEvent.TrainerJoined(RunFixture.name(number), 1, "here", "", Optional.of(position)));
  }
}
