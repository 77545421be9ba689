package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static io.hybnext.actors.run.RunFixture.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.run.RunReport.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Steps, limits, checkpoints and the stop of a running generation. 20 steps, a checkpoint every 8.
 */
class GenerationRunTest {
  private static final long G = FIRST_GENERATION;

  private static RunFixture running() {
    return new RunFixture(2, 1).running();
  }

  private static List<Long> committed(RunFixture run) {
    return run.told(ProgressEvent.StepCommitted.class).stream()
        .map(step -> step.report().step())
        .toList();
  }

  @Test
  void shouldCommitAStepWhenEveryMemberReportedIt() {
    RunFixture run = running().report(0, G, good(0));
    assertEquals(List.of(), committed(run));
    run.report(1, G, good(0));
    assertEquals(List.of(0L), committed(run));
    run.report(1, G, good(0));
    assertEquals(List.of(0L), committed(run));
  }

  @Test
  void shouldCommitAStepWhoseReportWasLostWhenALaterOneComes() {
    RunFixture run = running().report(0, G, good(0)).report(0, G, good(1)).report(1, G, good(1));
    assertEquals(List.of(0L, 1L), committed(run));
  }

  @Test
  void shouldIgnoreReportsOfOtherGenerationsAndStrangers() {
    RunFixture run = running().report(0, G - 1, good(0)).report(7, G, good(0));
    assertEquals(List.of(), run.last);
  }

  @Test
  void shouldRaiseTheLimitAheadOfTheFurthestMember() {
    RunFixture run = running();
    assertEquals(3, run.limit());
    run.report(0, G, good(0));
    assertEquals(4, run.limit());
    run.report(1, G, good(0));
    assertEquals(4, run.limit());
  }

  @Test
  void shouldAskForACheckpointBeforeTheLimitPassesItsStep() {
    RunFixture run = running();
    boolean asked = false;
    for (long step = 0; step < 8; step++) {
      run.steps(G, step, step + 1);
      asked |=
          run.of(RunAction.Proceed.class, run.all).stream()
              .anyMatch(told -> told.checkpoint().isPresent());
      assertTrue(asked || run.limit() < 8, "limit " + run.limit());
    }
    assertEquals(new CheckpointRequest(8, 0, run.request().folder()), run.request());
    assertTrue(run.request().folder().startsWith("/run/.partial-step-00000008"));
  }

  @Test
  void shouldRunOnWhileACheckpointIsWrittenButNotPastTheNext() {
    RunFixture run = running().steps(G, 0, 16);
    assertEquals(16, run.limit());
    assertEquals(8, run.request().step());
    run.checkpoint(G, 8, 0);
    assertEquals(16, run.request().step());
    assertEquals(19, run.limit());
  }

  @Test
  void shouldPublishWhenAllPartsAreThereAndOnlyOnce() {
    RunFixture run = running().steps(G, 0, 8).part(0, G, 8, 0).part(0, G, 8, 0);
    assertEquals(List.of(), run.of(RunAction.PublishCheckpoint.class, run.all));
    run.part(1, G, 8, 1).part(1, G, 7, 0).part(1, G - 1, 8, 0);
    assertEquals(List.of(), run.of(RunAction.PublishCheckpoint.class, run.all));
    run.part(1, G, 8, 0);
    assertEquals(2, run.only(RunAction.PublishCheckpoint.class).parts().size());
    run.part(1, G, 8, 0);
    assertEquals(List.of(), run.last);
  }

  @Test
  void shouldTellHowLongACheckpointHeldUpTheSlowestMember() {
    RunFixture run = running().steps(G, 0, 8).checkpoint(G, 8, 0);
    assertEquals(2.0, run.told(ProgressEvent.CheckpointSaved.class).get(0).captureMs());
  }

  @Test
  void shouldGoOnWhenACheckpointCannotBeWritten() {
    RunFixture run = running().steps(G, 0, 16);
    run.on(new RunEvent.PartFailed("trainer-1", G, 8, 0, "disk full"));
    run.only(RunAction.DropCheckpoint.class);
    assertEquals(
        "trainer-1: disk full", run.told(ProgressEvent.CheckpointFailed.class).get(0).reason());
    assertEquals(16, run.request().step());
    assertEquals(19, run.limit());
    run.part(0, G, 8, 0);
    assertEquals(List.of(), run.last);
  }

  @Test
  void shouldGoOnWhenACheckpointCannotBePublished() {
    RunFixture run = running().steps(G, 0, 8).part(0, G, 8, 0).part(1, G, 8, 0);
    run.on(new RunEvent.PublishFailed(8, 0, "disk full"));
    assertEquals(1, run.told(ProgressEvent.CheckpointFailed.class).size());
    assertEquals(Phase.RUNNING, run.steps(G, 8, 16).state.phase());
    assertEquals(16, run.request().step());
  }

  @Test
  void shouldTryTheLastCheckpointAgainAndThenFail() {
    RunFixture run = running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.steps(G, 8, 16).checkpoint(G, 16, 0).steps(G, 16, 20);
    run.on(new RunEvent.PartFailed("trainer-0", G, 20, 0, "disk full")).after(9);
    assertTrue(run.only(RunAction.Proceed.class).checkpoint().isEmpty());
    run.after(2);
    assertEquals(1, run.request().attempt());
    run.on(new RunEvent.PartFailed("trainer-0", G, 20, 1, "disk full"));
    run.lose(0, 1).lose(1, 1);
    assertEquals(Outcome.FAILED, run.report().outcome());
    assertEquals(16, run.report().step());
    assertTrue(run.report().reason().contains("disk full"));
  }

  @Test
  void shouldCompleteWhenTheLastCheckpointIsPublished() {
    RunFixture run = running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.steps(G, 8, 16).checkpoint(G, 16, 0).steps(G, 16, 20);
    assertEquals(20, run.limit());
    assertEquals(Phase.RUNNING, run.state.phase());
    run.checkpoint(G, 20, 0).lose(0, 1).lose(1, 1);
    assertEquals(new RunReport(Outcome.COMPLETED, "", 20, "/run/step-20", 1, 0, 0), run.report());
  }

  @Test
  void shouldStopAtTheBoundaryThatMembersCanReachAndWriteACheckpointThere() {
    RunFixture run = running().steps(G, 0, 2);
    assertEquals(5, run.limit());
    run.on(new RunEvent.StopRequested("Ctrl-C")).only(RunAction.Hold.class);
    run.held(0, G, 2).after(1).only(RunAction.Hold.class);
    assertEquals(List.of(), run.told(ProgressEvent.Stopping.class));
    run.held(1, G, 3);
    assertEquals(3, run.told(ProgressEvent.Stopping.class).get(0).step());
    assertEquals(3, run.request().step());
    assertEquals(3, run.limit());
    run.steps(G, 2, 3);
    assertEquals(3, run.limit());
    run.checkpoint(G, 3, 0).lose(0, 1).lose(1, 1);
    assertEquals(new RunReport(Outcome.STOPPED, "Ctrl-C", 3, "/run/step-3", 1, 0, 0), run.report());
  }

  @Test
  void shouldStopWithAnotherCheckpointWhileOneIsBeingWritten() {
    RunFixture run = running().steps(G, 0, 9);
    run.on(new RunEvent.StopRequested("Ctrl-C")).held(0, G, 9).held(1, G, 10).steps(G, 9, 10);
    run.checkpoint(G, 8, 0);
    assertEquals(10, run.request().step());
    run.checkpoint(G, 10, 0);
    assertEquals(Phase.LEAVING, run.state.phase());
  }

  @Test
  void shouldForgetACheckpointBehindTheStepItStopsAt() {
    RunFixture run = running().steps(G, 0, 6);
    assertEquals(8, run.request().step());
    run.on(new RunEvent.StopRequested("Ctrl-C")).held(0, G, 6).held(1, G, 6);
    run.only(RunAction.DropCheckpoint.class);
    run.checkpoint(G, 6, 0);
    assertEquals(Phase.LEAVING, run.state.phase());
  }

  @Test
  void shouldTryAgainWhenTheCheckpointAtTheStopHadFailedBefore() {
    RunFixture run = running().steps(G, 0, 8);
    run.on(new RunEvent.PartFailed("trainer-0", G, 8, 0, "disk full"));
    run.on(new RunEvent.StopRequested("Ctrl-C")).held(0, G, 8).held(1, G, 8);
    assertEquals(1, run.request().attempt());
    run.checkpoint(G, 8, 1);
    assertEquals(Phase.LEAVING, run.state.phase());
  }

  @Test
  void shouldLetTrainersRunAheadAsLongAsTheCoordinatorMayBeAway() {
    RunLimits limits = RunLimits.DEFAULTS;
    RunFixture run = new RunFixture(2, 1, limits, 100_000).running();
    assertEquals(3, run.limit());
    run.steps(G, 0, 1); // 5 ms a step
    assertEquals(1 + limits.windowTime().toMillis() / 5, run.limit());
  }

  @Test
  void shouldTellOfStepsNotAppliedWithTheirItemsAndFailAfterTooManyInARow() {
    RunFixture run = running();
    StepReport bad = RunFixture.notApplied(0);
    run.report(0, G, bad).report(1, G, bad);
    assertEquals(
        new ProgressEvent.StepNotApplied(0, 1, List.of(0L, 0L, 1L, 1L)),
        run.told(ProgressEvent.StepNotApplied.class).get(0));
    run.steps(G, 1, 2);
    assertEquals(Phase.RUNNING, run.state.phase());
    for (long step = 2; step < 4; step++) {
      run.report(0, G, RunFixture.notApplied(step)).report(1, G, RunFixture.notApplied(step));
    }
    run.lose(0, 1).lose(1, 1);
    assertEquals(Outcome.FAILED, run.report().outcome());
    assertEquals(3, run.report().notApplied());
    assertTrue(run.report().reason().contains("2 steps in a row"), run.report().reason());
  }

  @Test
  void shouldCommitAStepOnceAMemberDidTheNextThoughAnotherCannotTell() {
    RunFixture run = running().report(0, G, good(0));
    assertEquals(List.of(), run.committed());
    run.report(0, G, good(1));
    assertEquals(List.of(0L), run.committed(), "step 1 needed both of them after step 0");
    run.report(1, G, good(0)).report(1, G, good(1));
    assertEquals(List.of(0L, 1L), run.committed());
  }

  @Test
  void shouldFailWhenAMemberDisagreesThatTellsLate() {
    RunFixture run = running().report(0, G, good(0)).report(0, G, good(1));
    run.report(1, G, RunFixture.notApplied(0));
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1);
    assertTrue(run.report().reason().contains("disagree on step 0"), run.report().reason());
  }

  @Test
  void shouldFailWhenMembersDisagreeOnAStep() {
    RunFixture run = running().report(0, G, good(0));
    StepReport good = good(0);
    StepReport other =
        new StepReport(
            0,
            Math.nextUp(good.nll()),
            good.gva(),
            0,
            good.tokens(),
            1,
            true,
            0.1,
            1,
            1,
            1,
            1,
            0,
            List.of());
    run.report(1, G, other);
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1);
    assertTrue(run.report().reason().contains("disagree on step 0"));
  }

  @Test
  void shouldDropACheckpointWhoseWriterHangs() {
    RunFixture run = running().steps(G, 0, 16).part(0, G, 8, 0).after(41);
    assertTrue(
        run.told(ProgressEvent.CheckpointFailed.class).get(0).reason().contains("trainer-1"));
    assertEquals(16, run.request().step());
  }

  @Test
  void shouldRepeatItsOrdersAtEveryTick() {
    RunFixture run = running().steps(G, 0, 8).after(1);
    assertEquals(run.request(), run.only(RunAction.Proceed.class).checkpoint().orElseThrow());
  }

  @Test
  void shouldTellSpeedEtaAndStragglers() {
    RunFixture run = running();
    StepReport slow =
        new StepReport(0, 3, 0.5, 0, 100, 1, true, 0.1, 9_000_000, 1, 1, 5_000_000, 0, List.of());
    run.report(0, G, good(0)).report(1, G, slow);
    ProgressEvent.StepCommitted step = run.told(ProgressEvent.StepCommitted.class).get(0);
    assertEquals(0.005, step.secondsPerStep(), 1e-9);
    assertEquals(20_000, step.tokensPerSecond(), 1e-6);
    assertEquals(19 * 0.005, step.etaSeconds(), 1e-9);
    assertFalse(step.members().get(0).straggler());
    assertTrue(step.members().get(1).straggler());
  }
}
