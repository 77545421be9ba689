package io.hybnext.actors.run;

import io.hybnext.actors.run.ProgressEvent.TrainerChanged;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunAction.KillTrainer;
import io.hybnext.actors.run.RunAction.LaunchTrainer;
import io.hybnext.actors.run.RunAction.Report;
import java.util.List;
import java.util.OptionalLong;

/**
 * Starts trainer processes, and again when they are lost, later each time and not for ever; ends
 * those that hang.
 */
final class Launches {
  private static final long EXIT_GRACE_MS = 5_000;
  private static final long FIRST_DELAY_MS = 1_000;
  private static final int MOST_DOUBLINGS = 5;

  private final Roster roster;
  private final List<String> trainers;
  private final int maxRestarts;

  /**
   * Creates it.
   *
   * @param trainers names of those that the driver can launch; others may join by themselves
   */
  Launches(Roster roster, List<String> trainers, int maxRestarts) {
    this.roster = roster;
    this.trainers = List.copyOf(trainers);
    this.maxRestarts = maxRestarts;
  }

  /** Starts them all for the first time. */
  void begin(List<RunAction> out) {
    for (String trainer : trainers) {
      roster.expect(trainer);
      launch(trainer, roster.incarnation(trainer), 0, "", out);
    }
  }

  /** Number of trainers that the driver can launch. */
  int trainers() {
    return trainers.size();
  }

  /** Starts a lost trainer again, if it is ours and may. */
  void again(String trainer, String reason, List<RunAction> out) {
    if (!roster.isManaged(trainer)) {
      return;
    }
    if (roster.isRetired(trainer)) {
      out.add(new KillTrainer(trainer, roster.incarnation(trainer), EXIT_GRACE_MS, reason));
      return;
    }
    // It may only be cut off; a process that is ending by itself gets the time to.
    out.add(new KillTrainer(trainer, roster.incarnation(trainer), EXIT_GRACE_MS, reason));
    OptionalLong next = roster.restart(trainer, maxRestarts);
    if (next.isPresent()) {
      int doublings = Math.min(roster.restartsOf(trainer) - 2, MOST_DOUBLINGS);
      launch(
          trainer, next.getAsLong(), doublings < 0 ? 0 : FIRST_DELAY_MS << doublings, reason, out);
    } else {
      String detail = "failed " + (maxRestarts + 1) + " times without a new checkpoint: " + reason;
      out.add(new Report(new TrainerChanged(trainer, TrainerState.GIVEN_UP, detail)));
    }
  }

  /** Starts one of ours again that is gone for good, as if it had never failed. */
  void recall(String trainer, List<RunAction> out) {
    anew(trainer, "an operator called it back", out);
  }

  private void anew(String trainer, String reason, List<RunAction> out) {
    roster.unretire(trainer);
    OptionalLong next = roster.restart(trainer, Integer.MAX_VALUE);
    roster.forgive(trainer);
    next.ifPresent(of -> launch(trainer, of, 0, reason, out));
  }

  /**
   * Starts those again that operators drained: the run cannot go on without them.
   *
   * @return false when there are none
   */
  boolean bringBack(String reason, List<RunAction> out) {
    boolean any = false;
    for (String trainer : trainers) {
      if (roster.isRetired(trainer) && roster.isGone(trainer)) {
        anew(trainer, reason, out);
        any = true;
      }
    }
    return any;
  }

  /** Ends a process that hangs or is not wanted any more, if it is ours. */
  void kill(String trainer, String reason, List<RunAction> out) {
    if (roster.isManaged(trainer)) {
      out.add(new KillTrainer(trainer, roster.incarnation(trainer), 0, reason));
    }
  }

  private static void launch(
      String trainer, long incarnation, long delayMs, String reason, List<RunAction> out) {
    out.add(new LaunchTrainer(trainer, incarnation, delayMs));
    out.add(new Report(new TrainerChanged(trainer, TrainerState.LAUNCHED, reason)));
  }
}
