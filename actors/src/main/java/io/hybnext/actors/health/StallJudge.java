package io.hybnext.actors.health;

import io.hybnext.actors.health.Activity.Doing;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Names who holds the run up when no step is committed: a trainer that waits for data, one that
 * computes without an end, one that says nothing, the one that the others wait for, or the
 * coordinator.
 */
final class StallJudge implements Judge {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long CAPTURE_NS = 30 * SECOND_NS;
  private static final long LOST_AFTER_NS = 30 * SECOND_NS;
  private static final double BUSY = 0.5;
  private static final int BUSY_PATIENCE =
      3; // times the usual one where others have the processors
  private static final String COORDINATOR = "coordinator";

  private final RunView run;

  StallJudge(RunView run) {
    this.run = run;
  }

  @Override
  public void on(HealthSignal signal, long nowNs) {}

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    if (!run.isExpected()) {
      return;
    }
    boolean starved = false;
    for (String member : run.members()) {
      starved |= judgeData(member, nowNs, out);
    }
    long stillNs = run.stillNs(nowNs);
    if (!starved && stillNs > run.stillLimitNs() && !captures(nowNs)) {
      String actor = culprit(nowNs);
      RunView.Told told = run.fresh(actor, nowNs);
      boolean busy = told != null && told.processorWait() > BUSY;
      if (!busy || stillNs > BUSY_PATIENCE * run.stillLimitNs()) {
        out.accept(stall(actor, told, busy, stillNs));
      }
    }
  }

  /** A batch that does not come is told before it is a stall. */
  private boolean judgeData(String member, long nowNs, Consumer<Condition> out) {
    RunView.Told told = run.fresh(member, nowNs);
    if (told == null || told.vitals().doing() != Doing.AWAITING_DATA || !run.isSteady()) {
      return false;
    }
    long waitNs = told.vitals().doingMs() * 1_000_000 + nowNs - told.atNs();
    if (waitNs < Math.max(2 * SECOND_NS, 3 * run.usualStepNs())) {
      return false;
    }
    HealthState state = waitNs > LOST_AFTER_NS ? HealthState.FAILED : HealthState.DEGRADED;
    String sentence =
        member
            + " has waited "
            + waitNs / SECOND_NS
            + " s for a batch of step "
            + told.vitals().step()
            + ".";
    out.accept(new Condition(member, Cause.STARVED, state, sentence, PaceJudge.FEED));
    return true;
  }

  private boolean captures(long nowNs) {
    for (String member : run.members()) {
      RunView.Told told = run.fresh(member, nowNs);
      if (told != null
          && told.vitals().doing() == Doing.CAPTURING
          && told.vitals().doingMs() * 1_000_000 < CAPTURE_NS) {
        return true;
      }
    }
    return false;
  }

  private Condition stall(String actor, RunView.Told told, boolean busy, long stillNs) {
    String what = actor + " holds it up";
    String action;
    if (actor.equals(COORDINATOR)) {
      what = run.members().isEmpty() ? "trainers are missing" : "the members wait for an order";
      action = "See logs/coordinator.log in the run's folder, and whether every trainer started.";
    } else if (told == null) {
      what = actor + " says nothing";
      action = "See logs/" + actor + ".log and its machine; end its process if it hangs.";
    } else if (busy) {
      long percent = Math.round(100 * told.processorWait());
      what = actor + " waits for a processor " + percent + " % of the time: its machine is busy";
      action = "See what else runs on its machine; end that, or drain the trainer.";
    } else {
      what = actor + " " + told.vitals().doing().phrase();
      action = "See logs/" + actor + ".log; end its process if it does not go on, the others can.";
    }
    HealthState state = stillNs > LOST_AFTER_NS ? HealthState.FAILED : HealthState.DEGRADED;
    String since =
        run.lastStep() < 0 ? "No step was done" : "No step was done after step " + run.lastStep();
    String sentence = since + " for " + stillNs / SECOND_NS + " s: " + what + ".";
    return new Condition(actor, Cause.STALL, state, sentence, action);
  }

  private String culprit(long nowNs) {
    Map<String, Integer> votes = new HashMap<>();
    String busy = null;
    long busyMs = 0;
    for (String member : run.members()) {
      RunView.Told told = run.fresh(member, nowNs);
      if (told == null) {
        return member;
      }
      Vitals vitals = told.vitals();
      boolean waits = vitals.doing() == Doing.EXCHANGING || vitals.doing() == Doing.SETTLING;
      if (waits) {
        vitals.waitsFor().forEach(name -> votes.merge(name, 1, Integer::sum));
      } else if (vitals.doing() != Doing.AWAITING_ORDERS && vitals.doingMs() >= busyMs) {
        busy = member;
        busyMs = vitals.doingMs();
      }
    }
    if (busy != null) {
      return busy;
    }
    return votes.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(COORDINATOR);
  }
}
