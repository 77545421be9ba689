package io.hybnext.actors.run;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trainers that are to leave in good order, because they or an operator wish it: one after the
 * other is left out of the next generation, and told to leave as soon as the others have settled
 * without it, since until then it holds what they might need. So nothing is done twice, and two
 * that hold the same part of the state never go together.
 */
final class Leavers {
  private final RunCourse course;
  private final Roster roster;
  private final CheckpointBook checkpoints;
  private final StepLedger steps;
  private final Succession succession;
  private final Map<String, Wish> wishes = new LinkedHashMap<>();
  private final Map<String, String> refusals = new LinkedHashMap<>();
  private final Set<String> left = new HashSet<>();

  private static final class Wish {
    final long incarnation;
    final boolean own; // the trainer's, not an operator's
    final String reason;
    boolean dismissed;
    long savedFrom = -1; // number of steps that a checkpoint must hold before the last one leaves

    Wish(long incarnation, boolean own, String reason) {
      this.incarnation = incarnation;
      this.own = own;
      this.reason = reason;
    }
  }

  Leavers(
      RunCourse course,
      Roster roster,
      CheckpointBook checkpoints,
      StepLedger steps,
      Succession succession) {
    this.course = course;
    this.roster = roster;
    this.checkpoints = checkpoints;
    this.steps = steps;
    this.succession = succession;
  }

  /** A trainer wishes to leave; it says so again and again. */
  void onLeaving(RunEvent.TrainerLeaving leaving) {
    if (roster.isThere(leaving.trainer(), leaving.incarnation())) {
      Wish known = wishes.get(leaving.trainer());
      if (known == null || known.incarnation != leaving.incarnation() || !known.own) {
        add(leaving.trainer(), new Wish(leaving.incarnation(), true, leaving.reason()));
      }
    }
  }

  /** An operator wishes a trainer to leave. */
  void drain(String trainer) {
    if (!roster.knows(trainer) || !roster.isThere(trainer, roster.incarnation(trainer))) {
      refusals.put(trainer, "no trainer named " + trainer + " is there");
      return;
    }
    if (!wishes.containsKey(trainer)) {
      roster.retire(trainer);
      add(trainer, new Wish(roster.incarnation(trainer), false, "an operator drained it"));
    }
  }

  /**
   * An operator does not wish it any more.
   *
   * @return false when no operator wished it, or the trainer was told to leave already
   */
  boolean keep(String trainer) {
    Wish wish = wishes.get(trainer);
    if (wish == null || wish.own || wish.dismissed) {
      return false;
    }
    wishes.remove(trainer);
    refusals.put(trainer, "somebody called " + trainer + " back before it left");
    roster.unretire(trainer);
    roster.stay(trainer);
    return true;
  }

  private void add(String trainer, Wish wish) {
    wishes.put(trainer, wish);
    refusals.remove(trainer);
    left.remove(trainer);
  }

  /** Why the last wish for a trainer to leave cannot be fulfilled; empty when it can. Told once. */
  String refusal(String trainer) {
    String refusal = refusals.remove(trainer);
    return refusal == null ? "" : refusal;
  }

  /** Whether a trainer that was to leave is gone. */
  boolean hasLeft(String trainer) {
    return left.contains(trainer);
  }

  /** Whether this process was told to leave. */
  boolean isDismissed(String trainer, long incarnation) {
    Wish wish = wishes.get(trainer);
    return wish != null && wish.incarnation == incarnation && wish.dismissed;
  }

  /** Why a process was told to leave. */
  String reason(String trainer) {
    return wishes.get(trainer).reason;
  }

  /** Brings each of them on as far as it gets now. */
  void follow(boolean again, long nowNs, List<RunAction> out) {
    if (wishes.isEmpty()) {
      return;
    }
    wishes
        .entrySet()
        .removeIf(
            of -> {
              boolean gone = !roster.isThere(of.getKey(), of.getValue().incarnation);
              if (gone) {
                left.add(of.getKey());
              }
              return gone;
            });
    if (course.isEnding()) {
      return; // all are dismissed
    }
    for (String trainer : new ArrayList<>(wishes.keySet())) {
      follow(trainer, wishes.get(trainer), again, nowNs, out);
    }
  }

  private void follow(String trainer, Wish wish, boolean again, long nowNs, List<RunAction> out) {
    if (wish.dismissed) {
      if (again) {
        dismiss(trainer, wish, out);
      }
    } else if (course.isUnderWay() && course.current().isMember(trainer)) {
      if (course.phase() == Phase.RUNNING && roster.isAble(trainer, wish.incarnation)) {
        takeOut(trainer, wish, nowNs, out);
      }
    } else if (course.phase() == Phase.RUNNING || !succession.isHolder(trainer)) {
      dismiss(trainer, wish, out);
    }
  }

  private void takeOut(String trainer, Wish wish, long nowNs, List<RunAction> out) {
    if (!roster.leaving().isEmpty() || course.isStopping()) {
      return; // one at a time
    }
    roster.leave(trainer, wish.incarnation);
    if (course.canGoOn()) {
      course.current().run().change(trainer + " leaves", nowNs, out);
      course.checkRunning(nowNs, out);
    } else {
      roster.stay(trainer);
      leaveLast(trainer, wish, nowNs, out);
    }
  }

  /** Nobody goes on without it: an operator is told so, it may itself end after a checkpoint. */
  private void leaveLast(String trainer, Wish wish, long nowNs, List<RunAction> out) {
    if (!wish.own) {
      if (roster.joined().size() <= course.leastTrainers()) {
        refusals.put(
            trainer,
            trainer + " is the only trainer that holds the run: stop the run, or let another join");
        wishes.remove(trainer);
        roster.unretire(trainer);
      }
    } else if (wish.savedFrom < 0) {
      wish.savedFrom = steps.committed();
      if (checkpoints.savedStep() < wish.savedFrom) {
        checkpoints.wish();
        course.current().run().stand(nowNs, out);
      }
    }
    if (wish.savedFrom >= 0 && checkpoints.savedStep() >= wish.savedFrom) {
      dismiss(trainer, wish, out);
    }
  }

  private void dismiss(String trainer, Wish wish, List<RunAction> out) {
    wish.dismissed = true;
    roster.dismiss(trainer, wish.incarnation);
    out.add(new RunAction.Dismiss(trainer, wish.incarnation, wish.reason));
  }
}
