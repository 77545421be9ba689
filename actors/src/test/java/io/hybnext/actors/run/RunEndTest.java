package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static io.hybnext.actors.run.RunFixture.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.run.RunReport.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a run ends; see {@link RunState}. */
class RunEndTest {
  private static final long G = FIRST_GENERATION;

  @Test
  void shouldStopWithACheckpointAlsoWhenATrainerHasJustJoined() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 2);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    run.on(new RunEvent.ExchangeReady(3)).on(new RunEvent.StopRequested("Ctrl-C"));
    run.held(0, G, 3).held(1, G, 2).steps(G, 2, 3).checkpoint(G, 3, 0);
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1).on(new RunEvent.TrainerLost("node-1", 9, "left"));
    assertEquals(Outcome.STOPPED, run.report().outcome());
    assertEquals(3, run.report().step());
  }

  @Test
  void shouldCompleteAtOnceWhenTheNewestCheckpointHasAllSteps() {
    RunFixture run = new RunFixture(2, 1).resolving().resolved(20).lose(0, 1).lose(1, 1);
    assertEquals(Outcome.COMPLETED, run.report().outcome());
    assertEquals(20, run.report().step());
  }

  @Test
  void shouldFailWhenTheCheckpointsBelongToAnotherRun() {
    RunFixture run = new RunFixture(1, 1).resolving();
    run.on(new RunEvent.CheckpointRefused("made with other data")).lose(0, 1);
    assertEquals(Outcome.FAILED, run.report().outcome());
    assertEquals("made with other data", run.report().reason());
  }

  @Test
  void shouldStopBeforeAnythingRunsWhenAskedTo() {
    RunFixture run = new RunFixture(1, 1).preparing();
    run.on(new RunEvent.StopRequested("Ctrl-C"));
    run.only(RunAction.DismissAll.class);
    assertEquals(Outcome.STOPPED, run.lose(0, 1).report().outcome());
  }

  @Test
  void shouldStopWithACheckpointAlsoWhenATrainerIsLostWhileStopping() {
    RunFixture run = new RunFixture(2, 2).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.steps(G, 8, 9).on(new RunEvent.StopRequested("Ctrl-C")).lose(1, 1);
    assertEquals(1, run.announced().worldSize());
    run.ready(0, G + 1, 9).held(0, G + 1, 9).part(0, G + 1, 9, 0);
    run.on(new RunEvent.CheckpointPublished(9, "/run/step-9", 20));
    assertEquals(Phase.LEAVING, run.state.phase());
    assertEquals(9, run.lose(0, 1).lose(1, 2).report().step());
  }

  @Test
  void shouldEndWithTheCheckpointBeforeWhenEveryTrainerIsLostWhileStopping() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.on(new RunEvent.StopRequested("Ctrl-C")).lose(1, 1).lose(0, 1);
    assertEquals(Phase.LEAVING, run.state.phase());
    RunReport report = run.lose(1, 2).report();
    assertEquals(Outcome.STOPPED, report.outcome());
    assertEquals(8, report.step());
    assertTrue(report.reason().contains("trainer-0 was killed"));
  }

  @Test
  void shouldForceTheEndWhenTrainersDoNotLeave() {
    RunFixture run = new RunFixture(2, 1).leaving().lose(0, 1).after(21);
    assertEquals("trainer-1", run.only(RunAction.KillTrainer.class).trainer());
    assertEquals(Phase.ENDED, run.state.phase());
    assertEquals(Outcome.FAILED, run.report().outcome());
  }

  @Test
  void shouldMissNobodyWhoWasToldToLeaveHoweverItsEndIsSeen() {
    RunFixture run = new RunFixture(2, 1).leaving();
    run.on(new RunEvent.TrainerLost(name(0), 1, "trainer-0 cannot be reached any more"));
    run.on(new RunEvent.TrainerLost(name(1), 1, "trainer-1 (process 7) ended with code 0"));
    assertEquals(List.of(), run.told(ProgressEvent.TrainerState.LOST));
    assertEquals(List.of(name(0), name(1)), run.told(ProgressEvent.TrainerState.LEFT));
    assertEquals(Phase.ENDED, run.state.phase());
  }

  @Test
  void shouldTellATrainerAgainToLeaveAndNotThatItIsRefused() {
    RunFixture run = new RunFixture(2, 1).leaving().join(0, 1);
    assertEquals(1, run.of(RunAction.DismissAll.class, run.last).size());
    assertEquals(List.of(), run.of(RunAction.RefuseTrainer.class, run.last));
    assertEquals(1, run.join(7, 1).of(RunAction.RefuseTrainer.class, run.last).size());
  }
}
