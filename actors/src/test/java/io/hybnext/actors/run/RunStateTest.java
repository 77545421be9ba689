package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunReport.Outcome;
import java.util.List;
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
    assertEquals(LongStream.range(0, 20).boxed().toList(), run.committed());
  }

  @Test
  void shouldCommitAStepThatWasRolledForwardFromWhoeverKnowsIt() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 2);
    run.report(2, G, RunFixture.good(2)).lose(2, 1);
    run.ready(0, G + 1, 3).ready(1, G + 1, 3);
    assertEquals(List.of(0L, 1L, 2L), run.committed()); // told by the one that is lost

    run.report(0, G + 1, RunFixture.good(3)).report(1, G + 1, RunFixture.good(3)).lose(1, 1);
    run.ready(0, G + 2, 5, RunFixture.good(3), RunFixture.good(4));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), run.committed()); // completed while settling
    run.report(0, G + 2, RunFixture.good(4)).report(0, G + 2, RunFixture.good(5));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), run.committed());
  }

  @Test
  void shouldDoAStepAgainThatNobodyCommittedAndTellOfItOnce() {
    RunFixture run = new RunFixture(2, 1).running().report(0, G, RunFixture.good(0)).lose(0, 1);
    run.ready(1, G + 1, 0).report(1, G + 1, RunFixture.good(0));
    assertEquals(List.of(0L), run.committed());
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
    assertEquals(8L, run.committed().get(11));
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
      run.on(
          new RunEvent.MemberBroken("trainer-0", G + time, "no shared memory", List.of(), false));
      assertEquals(G + time + 1, run.announced().number());
      run.ready(0, G + time + 1).ready(1, G + time + 1);
    }
    run.on(new RunEvent.MemberBroken("trainer-1", G + 2, "no shared memory", List.of(), false));
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1);
    assertTrue(run.report().reason().contains("trainer-1: no shared memory"));
  }

  @Test
  void shouldLookForAnotherCheckpointWhenOneCannotBeRestored() {
    RunFixture run = new RunFixture(2, 1).resolving().resolved(8);
    run.on(new RunEvent.MemberBroken("trainer-0", G, "step-8 cannot be read", List.of(), true));
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
  void shouldNameADamagedCheckpointOnce() {
    RunFixture run = new RunFixture(1, 1).resolving();
    run.on(new RunEvent.CheckpointResolved(8, "/run/step-8", List.of("step-16 is damaged")));
    run.lose(0, 1).join(0, 2);
    run.on(new RunEvent.CheckpointResolved(8, "/run/step-8", List.of("step-16 is damaged")));
    assertEquals(1, run.told(ProgressEvent.CheckpointSkipped.class).size());
  }
}
