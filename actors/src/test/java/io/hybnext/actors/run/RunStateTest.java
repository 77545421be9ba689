package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunReport.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Members come and go; see GenerationRunTest for steps and checkpoints. */
class RunStateTest {
  private static final long G = FIRST_GENERATION;

  @Test
  void shouldLaunchAllTrainersAndWaitForThem() {
    RunFixture run = new RunFixture(2, 1).gathering();
    assertEquals(
        List.of(
            new RunAction.LaunchTrainer("trainer-0", 1, 0),
            new RunAction.LaunchTrainer("trainer-1", 1, 0)),
        run.of(RunAction.LaunchTrainer.class, run.last));
    run.join(0, 1);
    assertEquals(Phase.GATHERING, run.state.phase());
    run.join(1, 1).only(RunAction.ResolveCheckpoint.class);
    assertEquals(Phase.RESOLVING, run.state.phase());
  }

  @Test
  void shouldAnnounceAGenerationWithContiguousMicroshardsAndTheNewestCheckpoint() {
    RunFixture run = new RunFixture(3, 1).resolving().resolved(8);
    Generation generation = run.only(RunAction.Announce.class).generation();
    assertEquals(G, generation.number());
    assertEquals(8, generation.startStep());
    assertEquals("/run/step-8", generation.checkpoint());
    assertEquals(4, generation.microshards());
    assertEquals(
        List.of("trainer-0", "trainer-1", "trainer-2"),
        generation.members().stream().map(Member::trainer).toList());
    int next = 0;
    for (Member member : generation.members()) {
      assertEquals(next, member.microshards().first());
      next = member.microshards().end();
    }
  }

  @Test
  void shouldRunWhenEveryMemberIsReadyAndNotBefore() {
    RunFixture run = new RunFixture(2, 1).preparing();
    run.ready(0, G).ready(0, G).ready(1, G - 1);
    assertEquals(Phase.PREPARING, run.state.phase());
    run.ready(1, G);
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(3, run.limit());
  }

  @Test
  void shouldGoOnWithFewerTrainersWhenTheOthersDoNotComeInTime() {
    RunFixture run = new RunFixture(3, 2).gathering().join(0, 1).join(2, 1);
    run.after(59);
    assertEquals(Phase.GATHERING, run.state.phase());
    run.after(2).resolved(0);
    assertEquals(2, run.only(RunAction.Announce.class).generation().worldSize());
  }

  @Test
  void shouldFailWithOneSentenceWhenTooFewTrainersCome() {
    RunFixture run = new RunFixture(2, 2).gathering().join(0, 1).after(61);
    assertEquals(Phase.LEAVING, run.state.phase());
    run.only(RunAction.KillTrainer.class);
    run.lose(0, 1).lose(1, 1);
    assertEquals(Outcome.FAILED, run.report().outcome());
    assertTrue(run.report().reason().startsWith("1 of 2 trainers are there and at least 2"));
  }

  @Test
  void shouldGoOnWithTheRestAtOnceWhenATrainerIsLostAndTakeItInAgainAtABoundary() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.steps(G, 8, 9).lose(1, 1);
    assertEquals(new RunAction.Announce(run.announced()), run.only(RunAction.Announce.class));
    assertEquals(G + 1, run.announced().number());
    assertEquals(1, run.announced().worldSize());
    assertEquals(List.of(), run.of(RunAction.Abort.class, run.all));
    assertEquals(1, run.of(RunAction.ResolveCheckpoint.class, run.all).size());
    assertEquals(
        new RunAction.LaunchTrainer("trainer-1", 2, 0), run.only(RunAction.LaunchTrainer.class));
    run.ready(0, G + 1, 9);
    assertEquals(9, run.told(ProgressEvent.GenerationSettled.class).get(1).startStep());
    assertEquals(12, run.limit());
    run.report(0, G + 1, RunFixture.good(9));

    run.join(1, 2).only(RunAction.Hold.class);
    run.held(0, G + 1, 11);
    assertEquals(11, run.only(RunAction.Proceed.class).limit());
    run.report(0, G + 1, RunFixture.good(10));
    assertEquals(2, run.announced().worldSize());
    assertEquals(2, run.announced().member("trainer-1").incarnation());
    run.ready(0, G + 2, 11).ready(1, G + 2, 11);
    run.steps(G + 2, 11, 16).checkpoint(G + 2, 16, 0).steps(G + 2, 16, 20);
    run.checkpoint(G + 2, 20, 0).lose(0, 1).lose(1, 2);
    assertEquals(new RunReport(Outcome.COMPLETED, "", 20, "/run/step-20", 3, 1, 0), run.report());
    assertEquals(LongStream.range(0, 20).boxed().toList(), committed(run));
  }

  private static List<Long> committed(RunFixture run) {
    return run.told(ProgressEvent.StepCommitted.class).stream()
        .map(step -> step.report().step())
        .toList();
  }

  @Test
  void shouldCommitAStepThatWasRolledForwardFromWhoeverKnowsIt() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 2);
    run.report(2, G, RunFixture.good(2)).lose(2, 1);
    run.ready(0, G + 1, 3).ready(1, G + 1, 3);
    assertEquals(List.of(0L, 1L, 2L), committed(run)); // told by the one that is lost

    run.report(0, G + 1, RunFixture.good(3)).report(1, G + 1, RunFixture.good(3)).lose(1, 1);
    run.ready(0, G + 2, 5, RunFixture.good(3), RunFixture.good(4));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), committed(run)); // completed while settling
    run.report(0, G + 2, RunFixture.good(4)).report(0, G + 2, RunFixture.good(5));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), committed(run));
  }

  @Test
  void shouldDoAStepAgainThatNobodyCommittedAndTellOfItOnce() {
    RunFixture run = new RunFixture(2, 1).running().report(0, G, RunFixture.good(0)).lose(0, 1);
    run.ready(1, G + 1, 0).report(1, G + 1, RunFixture.good(0));
    assertEquals(List.of(0L), committed(run));
  }

  @Test
  void shouldSayThatStepsAreLostWhenNobodyAliveHoldsThem() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.steps(G, 8, 11).lose(0, 1).lose(1, 1);
    assertEquals(Phase.GATHERING, run.state.phase());
    run.join(0, 2);
    assertEquals(Phase.GATHERING, run.state.phase());
    run.join(1, 2).only(RunAction.ResolveCheckpoint.class);
    run.resolved(8).ready(0, G + 2, 8).ready(1, G + 2, 8);
    assertEquals(
        new ProgressEvent.RolledBack(11, 8), run.told(ProgressEvent.RolledBack.class).get(0));
    run.steps(G + 2, 8, 9);
    assertEquals(8L, committed(run).get(11));
  }

  @Test
  void shouldGoOnWithoutAPausedTrainerAndTakeItInWhenItIsHeardAgain() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 2).pause(1, 1);
    assertEquals(
        List.of("trainer-0", "trainer-2"),
        run.announced().members().stream().map(Member::trainer).toList());
    assertEquals(G, run.only(RunAction.Abort.class).generation().number());
    assertEquals(List.of(), run.of(RunAction.KillTrainer.class, run.all));
    run.ready(0, G + 1, 2).ready(2, G + 1, 2);
    run.resume(1, 1).only(RunAction.Hold.class);
    run.held(0, G + 1, 2).held(2, G + 1, 3).report(0, G + 1, RunFixture.good(2));
    assertEquals(G + 1, run.announced().number());
    run.report(2, G + 1, RunFixture.good(2));
    assertEquals(3, run.announced().worldSize());
    assertEquals(0, run.state.phase().compareTo(Phase.PREPARING));
  }

  @Test
  void shouldWaitForAPausedTrainerThatItCannotDoWithout() {
    RunFixture run = new RunFixture(2, 2).running().pause(1, 1);
    assertEquals(Phase.RUNNING, run.state.phase());
    assertEquals(G, run.announced().number());
    run.resume(1, 1).steps(G, 0, 1);
    assertEquals(List.of(0L), committed(run));
  }

  @Test
  void shouldWaitForTheStateWhenOnlyThosePausedHoldIt() {
    RunFixture run = new RunFixture(1, 1).running().steps(G, 0, 2).pause(0, 1);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there")).on(new RunEvent.ExchangeReady(2));
    run.held(0, G, 2); // it is awake, but was not heard of regularly yet
    assertEquals(Phase.GATHERING, run.state.phase());
    run.after(1).resume(0, 1);
    assertEquals(2, run.announced().worldSize());
    run.pause(0, 1); // before they settled: the other one still holds nothing
    assertEquals(Phase.PREPARING, run.state.phase());
    run.lose(0, 1).only(RunAction.ResolveCheckpoint.class);
  }

  @Test
  void shouldFormAnotherGenerationWhenAMemberIsLostWhileOthersSettle() {
    RunFixture run = new RunFixture(3, 1).running().lose(2, 1).ready(0, G + 1, 0).lose(1, 1);
    assertEquals(G + 2, run.announced().number());
    run.ready(0, G + 1, 0);
    assertEquals(Phase.PREPARING, run.state.phase());
    run.ready(0, G + 2, 0);
    assertEquals(Phase.RUNNING, run.state.phase());
  }

  @Test
  void shouldFailWhenMembersSettleOnDifferentSteps() {
    RunFixture run = new RunFixture(2, 1).preparing().ready(0, G, 3).ready(1, G, 4);
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1);
    assertTrue(run.report().reason().contains("trainer-0 on 3, trainer-1 on 4"));
  }

  @Test
  void shouldTellHowLongAChangeOfGenerationTook() {
    RunFixture run = new RunFixture(2, 1).running().lose(1, 1);
    run.nowNs += 30_000_000;
    run.ready(0, G + 1, 0);
    run.nowNs += 20_000_000;
    run.report(0, G + 1, RunFixture.good(0)).report(0, G + 1, RunFixture.good(1));
    List<ProgressEvent.GenerationRunning> told = run.told(ProgressEvent.GenerationRunning.class);
    assertEquals(1, told.size());
    assertEquals(30, told.get(0).readyMs());
    assertEquals(20, told.get(0).firstStepMs());
  }

  @Test
  void shouldTakeTheCheckpointAgainThatALostMemberDidNotWrite() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 9).part(0, G, 8, 0).lose(1, 1);
    run.only(RunAction.DropCheckpoint.class);
    run.ready(0, G + 1, 9);
    assertEquals(9, run.request().step());
    run.part(0, G + 1, 9, 0);
    assertEquals(9, run.only(RunAction.PublishCheckpoint.class).request().step());
  }

  @Test
  void shouldFinishACheckpointThatAllPartsAreThereOfOrWillBe() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 9);
    run.part(2, G, 8, 0).part(0, G, 8, 0).lose(2, 1).ready(0, G + 1, 9).ready(1, G + 1, 9);
    assertEquals(List.of(), run.of(RunAction.DropCheckpoint.class, run.all));
    run.part(1, G, 8, 0);
    assertEquals(3, run.only(RunAction.PublishCheckpoint.class).parts().size());
  }

  @Test
  void shouldIgnoreAProcessThatWasReplaced() {
    RunFixture run = new RunFixture(2, 1).running().lose(1, 1);
    run.join(1, 1).only(RunAction.RefuseTrainer.class);
    run.lose(1, 1);
    assertEquals(List.of(), run.last);
    assertEquals(Phase.PREPARING, run.state.phase());
  }

  @Test
  void shouldWaitLongerBeforeEveryRestartAndGiveUpAfterTheLast() {
    RunFixture run = new RunFixture(2, 1).gathering().join(0, 1);
    run.lose(1, 1);
    assertEquals(0, run.only(RunAction.LaunchTrainer.class).delayMs());
    run.lose(1, 2);
    assertEquals(1000, run.only(RunAction.LaunchTrainer.class).delayMs());
    run.lose(1, 3);
    assertEquals(
        TrainerState.GIVEN_UP,
        run.told(ProgressEvent.TrainerChanged.class).stream().reduce((a, b) -> b).get().state());
    assertEquals(Phase.RESOLVING, run.state.phase());
    assertEquals(1, run.resolved(0).only(RunAction.Announce.class).generation().worldSize());
  }

  @Test
  void shouldForgiveRestartsAfterANewCheckpoint() {
    RunFixture run = new RunFixture(1, 1).running();
    run.lose(0, 1).join(0, 2).resolved(0).ready(0, G + 1);
    run.lose(0, 2).join(0, 3).resolved(0).ready(0, G + 2);
    run.steps(G + 2, 0, 8).checkpoint(G + 2, 8, 0);
    run.lose(0, 3);
    assertEquals(4, run.only(RunAction.LaunchTrainer.class).incarnation());
  }

  @Test
  void shouldFailWhenTheLastTrainerIsGivenUp() {
    RunFixture run = new RunFixture(1, 1).gathering().lose(0, 1).lose(0, 2).lose(0, 3);
    assertEquals(Outcome.FAILED, run.report().outcome());
    assertTrue(run.report().reason().contains("trainer-0 was killed"));
  }

  @Test
  void shouldTryAgainWhenAGenerationBreaksButNotForEver() {
    RunFixture run = new RunFixture(2, 1).running();
    for (int time = 0; time < 2; time++) {
      run.on(new RunEvent.MemberBroken("trainer-0", G + time, "no shared memory", false));
      assertEquals(G + time + 1, run.announced().number());
      run.ready(0, G + time + 1).ready(1, G + time + 1);
    }
    run.on(new RunEvent.MemberBroken("trainer-1", G + 2, "no shared memory", false));
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1);
    assertTrue(run.report().reason().contains("trainer-1: no shared memory"));
  }

  @Test
  void shouldLookForAnotherCheckpointWhenOneCannotBeRestored() {
    RunFixture run = new RunFixture(2, 1).resolving().resolved(8);
    run.on(new RunEvent.MemberBroken("trainer-0", G, "step-8 cannot be read", true));
    run.only(RunAction.ResolveCheckpoint.class);
    assertEquals("", run.resolved(0).announced().checkpoint());
  }

  @Test
  void shouldKillAndReplaceAMemberThatIsNotReadyInTime() {
    RunFixture run = new RunFixture(2, 1).preparing().ready(0, G).after(51);
    RunAction.KillTrainer kill = run.of(RunAction.KillTrainer.class, run.last).get(0);
    assertEquals("trainer-1", kill.trainer());
    assertEquals(0, kill.graceMs());
    assertEquals(2, run.only(RunAction.LaunchTrainer.class).incarnation());
    assertEquals(Phase.GATHERING, run.state.phase());
  }

  @Test
  void shouldKillAndReplaceAMemberThatHangsInAStep() {
    RunFixture run = new RunFixture(2, 1).running().report(0, G, RunFixture.good(0)).after(41);
    assertEquals("trainer-1", run.of(RunAction.KillTrainer.class, run.last).get(0).trainer());
    assertTrue(run.told(ProgressEvent.GenerationBroken.class).get(0).reason().contains("step 0"));
  }

  @Test
  void shouldPrepareAgainWhenNoMemberFinishesAStep() {
    RunFixture run = new RunFixture(2, 1).running().after(41);
    assertEquals(List.of(), run.of(RunAction.KillTrainer.class, run.last));
    assertEquals(G + 1, run.announced().number());
    assertEquals(2, run.announced().worldSize());
  }

  @Test
  void shouldTakeTrainersThatJoinByThemselves() {
    RunFixture run = new RunFixture(2, 1, 0).resolving();
    assertEquals(Phase.RESOLVING, run.state.phase());
    run.resolved(0).ready(0, G).ready(1, G).join(1, 77);
    assertEquals(1, run.announced().worldSize());
    run.ready(0, G + 1).held(0, G + 1, 0);
    assertEquals(77, run.announced().members().get(1).incarnation());
  }

  @Test
  void shouldTakeInATrainerThatJoinsWithoutACheckpointOrAStepDoneAgain() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 2);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    assertEquals(3, run.only(RunAction.PrepareExchange.class).members());
    run.on(new RunEvent.ExchangeReady(3)).only(RunAction.Hold.class);
    run.report(0, G, RunFixture.good(2));
    assertEquals(List.of(), run.of(RunAction.Proceed.class, run.last)); // the answers decide
    run.held(0, G, 3).held(1, G, 3);
    assertEquals(3, run.told(ProgressEvent.HandingOver.class).get(0).step());
    assertEquals(3, run.limit());
    run.report(1, G, RunFixture.good(2));
    assertEquals(
        List.of("node-1", "trainer-0", "trainer-1"),
        run.announced().members().stream().map(Member::trainer).toList());
    assertEquals(List.of(), run.of(RunAction.Abort.class, run.all));
    assertEquals(1, run.of(RunAction.ResolveCheckpoint.class, run.all).size());
    assertEquals(List.of(0L, 1L, 2L), committed(run));
  }

  @Test
  void shouldWaitAtTheBoundaryForACheckpointThatIsTakenThere() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 7);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    run.on(new RunEvent.ExchangeReady(3)).held(0, G, 8).held(1, G, 7).steps(G, 7, 8);
    assertEquals(G, run.announced().number());
    run.checkpoint(G, 8, 0);
    assertEquals(G + 1, run.announced().number());
  }

  @Test
  void shouldForgetACheckpointThatWasAskedForBehindTheBoundary() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 5);
    assertEquals(8, run.request().step());
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    run.on(new RunEvent.ExchangeReady(3)).held(0, G, 6).held(1, G, 5);
    run.only(RunAction.DropCheckpoint.class);
    run.steps(G, 5, 6);
    assertEquals(G + 1, run.announced().number());
  }

  @Test
  void shouldTakeInATrainerThatJoinedWhileOthersPrepared() {
    RunFixture run = new RunFixture(2, 1).preparing();
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there")).ready(0, G).ready(1, G);
    run.on(new RunEvent.ExchangeReady(3)).held(0, G, 0).held(1, G, 1).steps(G, 0, 1);
    assertEquals(3, run.announced().worldSize());
  }

  @Test
  void shouldNotMakeRoomForMoreTrainersThanMicroshards() {
    RunFixture run = new RunFixture(4, 1).running();
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    assertEquals(List.of(), run.of(RunAction.Hold.class, run.all));
    run.lose(0, 1);
    assertEquals("node-1", run.announced().members().get(0).trainer());
    assertEquals(4, run.announced().worldSize());
  }

  @Test
  void shouldTakeInATrainerAlsoWhenTheDiskIsFull() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 7);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    run.on(new RunEvent.ExchangeReady(3)).held(0, G, 8).held(1, G, 8).steps(G, 7, 8);
    run.on(new RunEvent.PartFailed("trainer-0", G, 8, 0, "disk full"));
    assertEquals(3, run.announced().worldSize());
  }

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
  void shouldGoOnFromWhatTheMembersHoldWhenTheMediaDriverEnds() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 9);
    run.on(new RunEvent.ExchangeLost("the media driver (process 7) was ended by signal 9"));
    assertTrue(run.of(RunAction.Abort.class, run.last).get(0).reason().contains("process 7"));
    assertEquals(2, run.only(RunAction.PrepareExchange.class).members());
    assertEquals(Phase.RESOLVING, run.state.phase());
    run.on(new RunEvent.ExchangeReady(2)).ready(0, G + 1, 9).ready(1, G + 1, 9);
    assertEquals(9, run.told(ProgressEvent.GenerationSettled.class).get(1).startStep());
    assertEquals(Phase.RUNNING, run.state.phase());
  }

  @Test
  void shouldFailWithTheSentenceWhenTheMediaDriverCannotBeStarted() {
    RunFixture run = new RunFixture(2, 1).running();
    run.on(new RunEvent.ExchangeLost("the media driver (process 7) was ended by signal 9"));
    run.on(new RunEvent.ExchangeRefused("/dev/shm: 3 MiB of shared memory free"));
    run.lose(0, 1).lose(1, 1);
    assertEquals(Outcome.FAILED, run.report().outcome());
    assertEquals("/dev/shm: 3 MiB of shared memory free", run.report().reason());
  }

  @Test
  void shouldNotNeedTheMediaDriverForALoneTrainer() {
    RunFixture run = new RunFixture(1, 1).running();
    run.on(new RunEvent.ExchangeLost("the media driver (process 7) was ended by signal 9"));
    assertEquals(List.of(), run.last);
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
  void shouldNameADamagedCheckpointOnce() {
    RunFixture run = new RunFixture(1, 1).resolving();
    run.on(new RunEvent.CheckpointResolved(8, "/run/step-8", List.of("step-16 is damaged")));
    run.lose(0, 1).join(0, 2);
    run.on(new RunEvent.CheckpointResolved(8, "/run/step-8", List.of("step-16 is damaged")));
    assertEquals(1, run.told(ProgressEvent.CheckpointSkipped.class).size());
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
  void shouldTakeOverFromAnotherCoordinatorWithWhatTheMembersHold() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    run.on(new RunEvent.TrainerJoined("trainer-0", 1, "here", Optional.of(theirs)));
    assertEquals(Phase.GATHERING, run.state.phase());
    run.on(new RunEvent.TrainerJoined("trainer-1", 1, "here", Optional.of(theirs)));
    run.only(RunAction.ResolveCheckpoint.class);
    assertEquals(G + 1, run.resolved(8).announced().number());
    run.ready(0, G + 1, 12, RunFixture.good(10), RunFixture.good(11)).ready(1, G + 1, 12);
    assertEquals(List.of(10L, 11L), committed(run));
    assertEquals(Phase.RUNNING, run.report(0, G + 1, RunFixture.good(12)).state.phase());
  }

  @Test
  void shouldNotWaitLongForMembersThatDoNotFindTheNextCoordinator() {
    RunFixture run = new RunFixture(2, 1, 0).gathering();
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    run.on(new RunEvent.TrainerJoined("trainer-0", 1, "here", Optional.of(theirs)));
    run.after(3).only(RunAction.ResolveCheckpoint.class);
    assertEquals(1, run.resolved(8).announced().worldSize());
  }
}
