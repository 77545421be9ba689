package io.hybnext.actors.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trainers that operators call back after they were drained or given up. What the run started
 * itself it starts again; a trainer that came by itself can only be started where it ran.
 */
final class Recalls {
  private final Roster roster;
  private final Launches launches;
  private final Leavers leavers;
  private final Map<String, String> refusals = new LinkedHashMap<>();

  Recalls(Roster roster, Launches launches, Leavers leavers) {
    this.roster = roster;
    this.launches = launches;
    this.leavers = leavers;
  }

  /** An operator wishes a trainer to come back. */
  void recall(String trainer, List<RunAction> out) {
    if (!roster.knows(trainer)) {
      refusals.put(trainer, "no trainer named " + trainer + " is known to the process that leads");
    } else if (leavers.keep(trainer)) {
      return; // it had not left yet
    } else if (roster.isGone(trainer) && roster.isManaged(trainer)) {
      launches.recall(trainer, out);
    } else if (!roster.isManaged(trainer) && (roster.isGone(trainer) || isLeaving(trainer))) {
      refusals.put(
          trainer,
          trainer + " was not started by this run: start `node` on its machine, and it joins");
    } else if (isLeaving(trainer)) {
      roster.unretire(trainer); // it is started as soon as it is gone
    } else if (roster.isThere(trainer, roster.incarnation(trainer))) {
      refusals.put(trainer, trainer + " is there already");
    }
  }

  private boolean isLeaving(String trainer) {
    return leavers.isDismissed(trainer, roster.incarnation(trainer));
  }

  /** Why the last recall of a trainer comes to nothing; empty when it may not. Told once. */
  String refusal(String trainer) {
    String refusal = refusals.remove(trainer);
    if (refusal != null) {
      return refusal;
    }
    return roster.isGone(trainer) ? trainer + " was started and ended again and again" : "";
  }

  /** Whether a trainer that was called back is there. */
  boolean isBack(String trainer) {
    long incarnation = roster.incarnation(trainer);
    return roster.isThere(trainer, incarnation) && !leavers.isDismissed(trainer, incarnation);
  }
}
