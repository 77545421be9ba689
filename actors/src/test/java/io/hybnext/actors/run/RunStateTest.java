package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunReport.Outcome;
import java.util.List;
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
  void shouldRestartALostTrainerAndFormTheNextGenerationFromTheNewestCheckpoint() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.lose(1, 1);
    assertEquals(G, run.only(RunAction.Abort.class).generation().number());
    assertEquals(
        new RunAction.LaunchTrainer("trainer-1", 2, 0), run.only(RunAction.LaunchTrainer.class));
    assertEquals(Phase.GATHERING, run.state.phase());
    run.join(1, 2).resolved(8);
    Generation next = run.only(RunAction.Announce.class).generation();
    assertEquals(G + 1, next.number());
    assertEquals(2, next.member("trainer-1").incarnation());
    run.ready(0, G + 1).ready(1, G + 1);
    assertEquals(11, run.limit());
    run.steps(G + 1, 8, 16).checkpoint(G + 1, 16, 0).steps(G + 1, 16, 20);
    run.checkpoint(G + 1, 20, 0).lose(0, 1).lose(1, 2);
    assertEquals(new RunReport(Outcome.COMPLETED, "", 20, "/run/step-20", 2, 1, 0), run.report());
  }

  @Test
  void shouldIgnoreAProcessThatWasReplaced() {
    RunFixture run = new RunFixture(2, 1).running().lose(1, 1);
    run.join(1, 1).only(RunAction.RefuseTrainer.class);
    run.lose(1, 1);
    assertEquals(List.of(), run.last);
    assertEquals(Phase.GATHERING, run.state.phase());
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
      run.on(new RunEvent.MemberBroken("trainer-0", G + time, "no shared memory"));
      assertEquals(Phase.RESOLVING, run.state.phase());
      run.resolved(0).ready(0, G + time + 1).ready(1, G + time + 1);
    }
    run.on(new RunEvent.MemberBroken("trainer-1", G + 2, "no shared memory"));
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1);
    assertTrue(run.report().reason().contains("trainer-1: no shared memory"));
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
    assertEquals(Phase.RESOLVING, run.state.phase());
  }

  @Test
  void shouldTakeTrainersThatJoinByThemselves() {
    RunFixture run = new RunFixture(2, 1, 0).resolving();
    assertEquals(Phase.RESOLVING, run.state.phase());
    run.resolved(0).ready(0, G).ready(1, G).join(1, 77);
    run.only(RunAction.Abort.class);
    assertEquals(Phase.RESOLVING, run.state.phase());
    assertEquals(
        77,
        run.resolved(0).only(RunAction.Announce.class).generation().members().get(1).incarnation());
  }

  @Test
  void shouldTakeInATrainerThatJoinsWithoutDoingAStepAgain() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 2);
    assertEquals(5, run.limit());
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    assertEquals(5, run.told(ProgressEvent.HandingOver.class).get(0).step());
    assertEquals(List.of(), run.of(RunAction.Abort.class, run.all));
    run.steps(G, 2, 5);
    assertEquals(5, run.limit());
    assertEquals(Phase.RUNNING, run.state.phase());
    run.checkpoint(G, 5, 0);
    assertEquals(Phase.RESOLVING, run.state.phase());
    assertEquals(3, run.only(RunAction.ResolveCheckpoint.class).members());
    Generation next = run.resolved(5).only(RunAction.Announce.class).generation();
    assertEquals(5, next.startStep());
    assertEquals(
        List.of("node-1", "trainer-0", "trainer-1"),
        next.members().stream().map(Member::trainer).toList());
  }

  @Test
  void shouldTakeInATrainerThatJoinedWhileOthersPrepared() {
    RunFixture run = new RunFixture(2, 1).preparing();
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there")).ready(0, G).ready(1, G);
    assertEquals(3, run.told(ProgressEvent.HandingOver.class).get(0).step());
    run.steps(G, 0, 3).checkpoint(G, 3, 0);
    assertEquals(3, run.resolved(3).only(RunAction.Announce.class).generation().worldSize());
  }

  @Test
  void shouldNotMakeRoomForMoreTrainersThanMicroshards() {
    RunFixture run = new RunFixture(4, 1).running();
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    assertEquals(List.of(), run.told(ProgressEvent.HandingOver.class));
    run.lose(0, 1).lose(0, 2).lose(0, 3);
    Generation next = run.resolved(0).only(RunAction.Announce.class).generation();
    assertEquals("node-1", next.members().get(0).trainer());
    assertEquals(4, next.worldSize());
  }

  @Test
  void shouldGoOnWithoutTheNewTrainerWhenTheDiskIsFullAndTakeItInLater() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 2);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there")).steps(G, 2, 5);
    run.on(new RunEvent.PartFailed("trainer-0", G, 5, 0, "disk full"));
    assertEquals(8, run.limit());
    run.steps(G, 5, 8).checkpoint(G, 8, 0);
    assertEquals(2, run.told(ProgressEvent.HandingOver.class).size());
  }

  @Test
  void shouldStopWithACheckpointAlsoWhenATrainerHasJustJoined() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 2);
    run.on(new RunEvent.TrainerJoined("node-1", 9, "there"));
    run.on(new RunEvent.StopRequested("Ctrl-C")).steps(G, 2, 5).checkpoint(G, 5, 0);
    assertEquals(Phase.LEAVING, run.state.phase());
    run.lose(0, 1).lose(1, 1).on(new RunEvent.TrainerLost("node-1", 9, "left"));
    assertEquals(Outcome.STOPPED, run.report().outcome());
    assertEquals(5, run.report().step());
  }

  @Test
  void shouldPrepareAgainAtOnceWhenTheMediaDriverEnds() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.on(new RunEvent.ExchangeLost("the media driver (process 7) was ended by signal 9"));
    assertTrue(run.only(RunAction.Abort.class).reason().contains("process 7"));
    assertEquals(Phase.RESOLVING, run.state.phase());
    assertEquals(8, run.resolved(8).only(RunAction.Announce.class).generation().startStep());
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
  void shouldEndWithTheCheckpointBeforeWhenATrainerIsLostWhileStopping() {
    RunFixture run = new RunFixture(2, 1).running().steps(G, 0, 8).checkpoint(G, 8, 0);
    run.on(new RunEvent.StopRequested("Ctrl-C")).lose(1, 1);
    assertEquals(Phase.LEAVING, run.state.phase());
    RunReport report = run.lose(0, 1).report();
    assertEquals(Outcome.STOPPED, report.outcome());
    assertEquals(8, report.step());
    assertTrue(report.reason().contains("trainer-1 was killed"));
  }

  @Test
  void shouldForceTheEndWhenTrainersDoNotLeave() {
    RunFixture run = new RunFixture(2, 1).leaving().lose(0, 1).after(21);
    assertEquals("trainer-1", run.only(RunAction.KillTrainer.class).trainer());
    assertEquals(Phase.ENDED, run.state.phase());
    assertEquals(Outcome.FAILED, run.report().outcome());
  }
}
