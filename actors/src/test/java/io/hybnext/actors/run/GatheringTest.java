package io.hybnext.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.run.Gathering.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run of three trainers that goes on with two. */
class GatheringTest {
  private static final long LATE_NS = RunLimits.DEFAULTS.joinTimeout().toNanos();

  private final Roster roster = new Roster();

  private Gathering gathering(List<String> managed) {
    RunPlan plan = new RunPlan(3, 2, 6, 10, 5, 1, "/checkpoints", "", "aeron:ipc");
    RunIdentity identity = new RunIdentity("run", "settings", "data", "");
    Launches launches = new Launches(roster, managed, 0);
    launches.begin(new ArrayList<>());
    return new Gathering(new RunSettings(identity, plan, RunLimits.DEFAULTS), launches, roster);
  }

  @Test
  void shouldWaitWhileMoreTrainersCanCome() {
    Gathering gathering = gathering(List.of("a", "b", "c"));
    roster.join("a", 1, "", 0);
    roster.join("b", 1, "", 0);
    assertEquals(Verdict.WAIT, gathering.look(3, 2, 0, LATE_NS - 1));
    assertEquals(Verdict.ENOUGH, gathering.look(3, 2, 0, LATE_NS));
    roster.join("c", 1, "", 0);
    assertEquals(Verdict.ENOUGH, gathering.look(3, 2, 0, 0));
  }

  @Test
  void shouldNotWaitForTrainersThatAreGivenUp() {
    Gathering gathering = gathering(List.of("a", "b", "c"));
    roster.join("a", 1, "", 0);
    roster.join("b", 1, "", 0);
    roster.lose("c", 1);
    assertEquals(Verdict.ENOUGH, gathering.look(3, 2, 0, 0));
    roster.lose("b", 1);
    assertEquals(Verdict.TOO_FEW, gathering.look(3, 2, 0, 0));
  }

  @Test
  void shouldWaitForTrainersThatJoinByThemselves() {
    Gathering gathering = gathering(List.of());
    assertEquals(Verdict.WAIT, gathering.look(3, 2, 0, LATE_NS - 1));
    assertEquals(Verdict.TOO_FEW, gathering.look(3, 2, 0, LATE_NS));
  }
}
