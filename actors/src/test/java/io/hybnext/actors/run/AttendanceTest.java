package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members fall silent, are heard again, and are told of by others. */
class AttendanceTest {
  private static final long G = FIRST_GENERATION;

  private static final List<String> ZERO = List.of("trainer-0");
  private static final List<String> TWO = List.of("trainer-2");

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
    assertEquals(List.of(0L), run.committed());
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
  void shouldGoBackToACheckpointWhenThoseWhoHoldTheStateStaySilent() {
    RunFixture run = new RunFixture(1, 1).running();
    run.report(0, G, RunFixture.good(0)).pause(0, 1).join(5, 1).after(1).after(4);
    assertEquals(List.of(G), run.formed());
    run.after(2).only(RunAction.ResolveCheckpoint.class);
    assertEquals("trainer-5", run.resolved(0).announced().members().get(0).trainer());
    run.ready(5, G + 1, 0).resume(0, 1);
    assertEquals(1, run.told(ProgressEvent.RolledBack.class).get(0).from());
    run.on(new RunEvent.ExchangeReady(2)).held(5, G + 1, 0);
    assertEquals(2, run.announced().worldSize());
  }

  @Test
  void shouldGoOnAtOnceWithoutAMemberThatAnotherSaysIsDead() {
    RunFixture run = new RunFixture(3, 1).running().steps(G, 0, 2);
    run.on(new RunEvent.MemberBroken("trainer-0", G, "trainer-2 died", TWO, false));
    assertEquals(List.of("trainer-0", "trainer-1"), names(run.announced()));
    run.on(new RunEvent.MemberBroken("trainer-2", G, "trainer-0 died", ZERO, false));
    run.on(new RunEvent.MemberBroken("trainer-1", G, "trainer-2 died", TWO, false));
    assertEquals(List.of(G, G + 1), run.formed());
    run.lose(2, 1);
    assertEquals(List.of(G, G + 1), run.formed());
  }

  @Test
  void shouldTakeAMemberBackThatOthersCouldNotReachLaterEveryTime() {
    RunFixture run = new RunFixture(3, 1).running();
    run.on(new RunEvent.MemberBroken("trainer-0", G, "trainer-2 died", TWO, false));
    run.ready(0, G + 1, 0).ready(1, G + 1, 0);
    run.after(1).resume(2, 1).join(2, 1);
    assertEquals(List.of(), run.told(TrainerState.RESUMED));
    run.after(1).join(2, 1);
    assertEquals(List.of("trainer-2"), run.told(TrainerState.RESUMED));
    run.held(0, G + 1, 0).held(1, G + 1, 0);
    assertEquals(3, run.announced().worldSize());
    run.on(new RunEvent.MemberBroken("trainer-0", G + 2, "trainer-2 died", TWO, false));
    run.after(3).join(2, 1);
    assertEquals(List.of("trainer-2"), run.told(TrainerState.RESUMED));
    run.after(1).join(2, 1);
    assertEquals(List.of("trainer-2", "trainer-2"), run.told(TrainerState.RESUMED));
  }

  @Test
  void shouldBreakOffWhenItCannotDoWithoutTheMemberThatIsSaidToBeDead() {
    RunFixture run = new RunFixture(2, 2).running();
    run.on(
        new RunEvent.MemberBroken("trainer-0", G, "trainer-1 died", List.of("trainer-1"), false));
    assertEquals(List.of("trainer-0", "trainer-1"), names(run.announced()));
    assertEquals(G + 1, run.announced().number());
  }

  @Test
  void shouldLeaveOutTheMemberThatMostWaitForWhenAllWait() {
    RunFixture run = new RunFixture(3, 1).running();
    run.on(new RunEvent.MemberWaits("trainer-0", G, List.of("trainer-1"), 9_000));
    run.on(new RunEvent.MemberWaits("trainer-2", G, List.of("trainer-1"), 9_000));
    assertEquals(List.of(G), run.formed()); // trainer-1 may be computing
    run.on(new RunEvent.MemberWaits("trainer-1", G, List.of("trainer-2"), 1_000));
    assertEquals(List.of(G), run.formed()); // not for long
    run.on(new RunEvent.MemberWaits("trainer-1", G, List.of("trainer-2"), 2_000));
    assertEquals(List.of("trainer-0", "trainer-2"), names(run.announced()));
  }

  @Test
  void shouldNotBelieveOldNewsOfWaiting() {
    RunFixture run = new RunFixture(2, 1).running();
    run.on(new RunEvent.MemberWaits("trainer-0", G, List.of("trainer-1"), 3_000)).after(2);
    run.on(new RunEvent.MemberWaits("trainer-1", G, List.of("trainer-0"), 3_000));
    assertEquals(List.of(G), run.formed());
  }

  private static List<String> names(Generation generation) {
    return generation.members().stream().map(Member::trainer).toList();
  }
}
