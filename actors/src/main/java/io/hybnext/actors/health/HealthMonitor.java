package io.hybnext.actors.health;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Says which actor is not well, what is wrong, and what to do: signals in, verdicts out. It holds
 * no thread, file or clock. Whoever drives it hands over signals as they come and asks {@link
 * #judge} about twice a second, from one thread.
 *
 * <p>Every judge gives the conditions that hold at a moment. Of those that explain each other only
 * the cause remains: who is dead cannot also be slow, and nobody is blamed for standing still while
 * the media driver is gone. Conditions that last become verdicts; limits follow from the run's own
 * usual times.
 */
public final class HealthMonitor {
  private static final Set<Cause> EXPLAIN_STALLS =
      EnumSet.of(
          Cause.MEMBER_DEAD,
          Cause.MEMBER_SILENT,
          Cause.DRIVER_LOST,
          Cause.DEVICE_FAILING,
          Cause.STARVED);

  private static final Set<Cause> EXPLAIN_ALL_OF_AN_ACTOR =
      EnumSet.of(Cause.MEMBER_DEAD, Cause.MEMBER_SILENT, Cause.DEVICE_FAILING);

  private final RunView run = new RunView();
  private final List<Judge> judges;
  private final Alarms alarms = new Alarms();

  /**
   * A monitor of a run.
   *
   * @param checkpointEvery steps between checkpoints; 0 when there is one at the end only
   */
  public HealthMonitor(long checkpointEvery) {
    judges =
        List.of(
            new MemberJudge(run),
            new NotFiniteJudge(run),
            new CheckpointJudge(checkpointEvery),
            new ResourceJudge(run),
            new PaceJudge(run),
            new StallJudge(run),
            new StageJudge());
  }

  /** Takes a signal. */
  public void on(HealthSignal signal, long nowNs) {
    run.on(signal, nowNs);
    judges.forEach(judge -> judge.on(signal, nowNs));
  }

  /** Takes over what another process told and what may not be over. */
  public void resume(List<Verdict> told, long nowNs) {
    alarms.resume(told, nowNs);
  }

  /** What is new since the last time. */
  public List<Verdict> judge(long nowNs) {
    List<Condition> conditions = new ArrayList<>();
    judges.forEach(judge -> judge.judge(nowNs, conditions::add));
    return alarms.update(causes(conditions), nowNs);
  }

  /** What was told and is not over. */
  public List<Verdict> open() {
    return alarms.open();
  }

  private static List<Condition> causes(List<Condition> all) {
    boolean explained = false;
    Set<String> out = new HashSet<>();
    for (Condition condition : all) {
      explained |= EXPLAIN_STALLS.contains(condition.cause());
      if (EXPLAIN_ALL_OF_AN_ACTOR.contains(condition.cause())) {
        out.add(condition.actor());
      }
    }
    List<Condition> causes = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Condition condition : all) {
      boolean root = EXPLAIN_ALL_OF_AN_ACTOR.contains(condition.cause());
      boolean follows = !root && out.contains(condition.actor());
      boolean stall = condition.cause() == Cause.STALL && explained;
      boolean first = seen.add(condition.actor() + condition.cause());
      if (!follows && !stall && first) {
        causes.add(condition);
      }
    }
    return causes;
  }
}
