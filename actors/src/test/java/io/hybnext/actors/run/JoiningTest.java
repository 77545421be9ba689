package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.membership.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trainers join a run that is going on. */
class JoiningTest {
  private static final long G = FIRST_GENERATION;

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
    assertEquals(List.of(0L, 1L, 2L), run.committed());
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
}
