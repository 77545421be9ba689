package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Steps whose loss or gradient is not a number, and which trainer's samples it came from. */
final class NotFiniteJudge implements Judge {
  private static final String TRAINING = "training"; // when no single trainer is to blame
  private static final long ASK_NS = 2_500_000_000L; // in which every trainer tells of itself
  private static final long RECENT_NS = 5_000_000_000L;

  private final RunView run;
  private final Map<String, Long> own = new HashMap<>(); // step by trainer
  private final Map<String, Long> toldNs = new HashMap<>();
  private ProgressEvent.StepNotApplied last;
  private long atNs;
  private long firstStep = -1;
  private long firstNs;

  NotFiniteJudge(RunView run) {
    this.run = run;
  }

  @Override
  public void on(HealthSignal signal, long nowNs) {
    if (signal instanceof HealthSignal.Beat beat) {
      own.put(beat.trainer(), beat.vitals().notFiniteStep());
      toldNs.put(beat.trainer(), nowNs);
    } else if (signal instanceof HealthSignal.Happened happened
        && happened.event() instanceof ProgressEvent.StepNotApplied step) {
      if (last == null) {
        firstStep = step.step();
        firstNs = nowNs;
      }
      last = step;
      atNs = nowNs;
    }
  }

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    if (last == null) {
      return;
    }
    if (nowNs - atNs > RECENT_NS) {
      last = null;
      return;
    }
    if (nowNs - firstNs < ASK_NS && !allTold()) {
      return;
    }
    String actor = culprit();
    String whose = actor.equals(TRAINING) ? "The gradient" : "The loss of " + actor;
    String items = last.items().isEmpty() ? "" : "; items of the batch: " + last.items();
    out.accept(
        Condition.degraded(
            actor,
            Cause.NOT_FINITE,
            whose
                + " was not a number in step "
                + last.step()
                + ", which was left out"
                + items
                + ".",
            "Nothing if it stays at one; else lower optimiser.learning-rate or withdraw the images,"
                + " and go on from an older checkpoint."));
  }

  /** One trainer whose own loss was not a number since the first of these steps. */
  private String culprit() {
    String found = TRAINING;
    for (Map.Entry<String, Long> entry : own.entrySet()) {
      if (entry.getValue() >= firstStep) {
        if (!found.equals(TRAINING)) {
          return TRAINING; // all of them: the weights are to blame
        }
        found = entry.getKey();
      }
    }
    return found;
  }

  /** Whether every member has told of itself since the first of these steps. */
  private boolean allTold() {
    return run.members().stream()
        .allMatch(member -> toldNs.getOrDefault(member, Long.MIN_VALUE) >= firstNs);
  }
}
