package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.RunAction.Report;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a run over all its generations: tells of every step once, in order, as soon as it is
 * committed, and notices when members disagree or too many steps in a row are not finite.
 */
final class StepLedger {
  private static final int REMEMBERED = 256; // steps, for reports that come late

  private final RunSettings settings;
  private final Roster roster;
  private final StepBook book;
  private final Pace pace;
  private final Map<Long, StepReport> told = new HashMap<>(); // the last steps
  private final WaveEntry waves = new WaveEntry();
  private Generation generation;
  private long lastCommitNs;
  private int notAppliedInARow;
  private long notApplied;
  private String failure;
  private boolean paused;
  private final RunPast past;
  private long granted; // largest number of steps that members were ever let do
  private long noted; // the same as the journal has it, which is ahead
  private long lost; // the same when state was lost: whoever was away may still hold as much

  /**
   * Creates the ledger.
   *
   * @param past what another coordinator did before
   */
  StepLedger(RunSettings settings, Roster roster, RunPast past) {
    this.past = past;
    granted = past.allowed();
    noted = past.allowed();
    lost = past.allowed();
    book = new StepBook(past.committed());
    this.settings = settings;
    this.roster = roster;
    pace = new Pace(settings.limits().stragglerFactor());
  }

  /** Steps that members may be ahead: what they do in some time, at the present pace. */
  long window() {
    double seconds = pace.secondsPerStep();
    long inTime =
        seconds == 0 ? 0 : (long) (settings.limits().windowTime().toNanos() / 1e9 / seconds);
    return Math.max(settings.limits().stepWindow(), inTime);
  }

  /** Goes on with a generation whose members hold the result of {@code step} steps. */
  void enter(Generation next, long step, long nowNs, List<RunAction> out) {
    generation = next;
    waves.forgetOffer();
    if (step < book.committed()) {
      out.add(new Report(new ProgressEvent.RolledBack(book.committed(), step)));
      notAppliedInARow = 0;
      stateLost();
    }
    book.enter(next, step);
    pace.enter(next);
    lastCommitNs = nowNs;
    commit(nowNs, out);
  }

  /** Notes a report; returns whether it changes anything. */
  boolean add(String trainer, long number, StepReport report, long nowNs, List<RunAction> out) {
    boolean moved = book.add(trainer, number, report);
    if (moved) {
      commit(nowNs, out);
    }
    StepReport first = told.get(report.step());
    if (first != null && failure == null && !first.agreesWith(report)) {
      failure = disagreement("the others", first, trainer, report);
      return true;
    }
    return moved;
  }

  private void commit(long nowNs, List<RunAction> out) {
    long step = book.committed();
    List<Map<String, StepReport>> committed = book.takeCommitted();
    for (Map<String, StepReport> reports : committed) {
      lastCommitNs = nowNs;
      step++;
      if (!reports.isEmpty() && failure == null) {
        tell(step, reports, nowNs, out);
      }
    }
  }

  private void tell(long done, Map<String, StepReport> reports, long nowNs, List<RunAction> out) {
    String rankZero = generation.members().get(0).trainer();
    StepReport first = reports.getOrDefault(rankZero, reports.values().iterator().next());
    for (Map.Entry<String, StepReport> other : reports.entrySet()) {
      if (!first.agreesWith(other.getValue())) {
        failure = disagreement(rankZero, first, other.getKey(), other.getValue());
        return;
      }
    }
    told.put(first.step(), first);
    told.remove(first.step() - REMEMBERED);
    pace.add(reports);
    long doneMs = reports.values().stream().mapToLong(StepReport::doneMs).max().orElse(0);
    long left = settings.plan().steps() - done;
    out.add(
        new Report(
            new ProgressEvent.StepCommitted(
                first.doneAt(doneMs),
                settings.plan().steps(),
                pace.tokensPerSecond(),
                pace.secondsPerStep(),
                left * pace.secondsPerStep(),
                pace.members(roster, nowNs))));
    countNotApplied(first, reports, out);
  }

  private static String disagreement(
      String one, StepReport first, String other, StepReport second) {
    return String.format(
        "%s and %s disagree on step %d (loss %s and %s): their weights differ, so the run"
            + " cannot go on; use the same hardware kind, precision and threads for all"
            + " trainers and start it again to go on from the newest checkpoint",
        one, other, first.step(), first.nll(), second.nll());
  }

  private void countNotApplied(
      StepReport report, Map<String, StepReport> reports, List<RunAction> out) {
    if (report.applied()) {
      notAppliedInARow = 0;
      return;
    }
    notApplied++;
    notAppliedInARow++;
    List<Long> items =
        reports.values().stream().flatMap(of -> of.items().stream()).sorted().toList();
    out.add(new Report(new ProgressEvent.StepNotApplied(report.step(), notAppliedInARow, items)));
    if (notAppliedInARow >= settings.limits().maxNotApplied() && failure == null) {
      failure =
          String.format(
              "loss or gradient was not finite in %d steps in a row, the last one step %d with"
                  + " items %s; lower the learning rate or look at these items, and start again"
                  + " from a checkpoint before",
              notAppliedInARow, report.step(), items);
    }
  }

  /** Which member did what. */
  StepBook book() {
    return book;
  }

  /** How new items enter. */
  WaveEntry waves() {
    return waves;
  }

  /**
   * Members may do so many steps; the journal knows it before they do, and some time ahead.
   *
   * @param ahead number of steps that the journal is told more
   */
  void grant(long limit, long ahead, List<RunAction> out) {
    granted = Math.max(granted, limit);
    if (limit > noted) {
      noted = Math.min(limit + ahead, settings.plan().steps());
      out.add(new RunAction.NoteAllowed(noted));
    }
  }

  /** Nobody present held the run's state: who is away may hold more than they go on from. */
  void stateLost() {
    lost = granted;
  }

  /**
   * Trainers hold the state of a generation that another coordinator formed. When the journal knows
   * that they settled in it, it also knows of every state that was lost before.
   */
  void recovered(long number) {
    lost = number <= past.settled() ? past.lost() : granted;
  }

  /**
   * The first step that nobody can have done, also nobody in a generation whose state was lost: a
   * member that was away then may come back with it, and all go on from there.
   *
   * @param reached number of steps that the furthest of the present members does
   */
  long firstNew(long reached) {
    return Math.max(reached + 1, lost);
  }

  /** No further step begins until {@link #resume}. */
  void pause() {
    paused = true;
  }

  /** Steps go on. */
  void resume() {
    paused = false;
  }

  /** Whether no further step begins, in whichever generation. */
  boolean isPaused() {
    return paused;
  }

  /** How fast the members are. */
  Pace pace() {
    return pace;
  }

  /** Number of steps that are committed. */
  long committed() {
    return book.committed();
  }

  /** When the last step was committed, or the generation began. */
  long lastCommitNs() {
    return lastCommitNs;
  }

  /** Number of steps that were not applied because a value was not finite. */
  long notApplied() {
    return notApplied;
  }

  /** Why the run cannot go on; null when it can. */
  String failure() {
    return failure;
  }
}
