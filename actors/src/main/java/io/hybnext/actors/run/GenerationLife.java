package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.RunAction.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A generation from its announcement to its end: the members connect and settle ({@link
 * Preparation}); when all are ready they do steps ({@link GenerationRun}).
 */
final class GenerationLife {
  private final RunSettings settings;
  private final Generation generation;
  private final Roster roster;
  private final CheckpointBook checkpoints;
  private final StepLedger steps;
  private final Preparation preparation;
  private final ChangeClock clock;
  private final long announcedNs;
  private GenerationRun run; // null until all members are ready
  private String failure;

  GenerationLife(
      RunSettings settings,
      Generation generation,
      Roster roster,
      CheckpointBook checkpoints,
      StepLedger steps,
      ChangeClock clock,
      long nowNs) {
    this.settings = settings;
    this.generation = generation;
    this.roster = roster;
    this.checkpoints = checkpoints;
    this.steps = steps;
    this.clock = clock;
    preparation = new Preparation(generation);
    announcedNs = nowNs;
  }

  /**
   * Members that a generation waits for longer than it may.
   *
   * @param trainers their names
   * @param what they did not do, the end of a sentence
   * @param together the whole sentence when none of the members is to blame more than the others;
   *     empty when those named are
   */
  record Hang(List<String> trainers, String what, String together) {}

  /** Tells everybody who takes part. */
  void announce(String reason, List<RunAction> out) {
    List<String> trainers = generation.members().stream().map(Member::trainer).toList();
    List<Integer> microshards =
        generation.members().stream().map(member -> member.microshards().size()).toList();
    out.add(
        new Report(
            new ProgressEvent.GenerationFormed(
                generation.number(), trainers, microshards, reason)));
    out.add(new RunAction.Announce(generation)); // after the journal knows its number
  }

  /**
   * Goes on with a generation that another coordinator formed: its members do steps.
   *
   * @param confirmed number of steps that it confirmed as committed
   * @param holds more than it ever held them
   */
  void adopt(long confirmed, long holds, long nowNs, List<RunAction> out) {
    steps.enter(generation, Math.max(confirmed, steps.committed()), nowNs, out);
    out.add(
        new Report(new ProgressEvent.GenerationAdopted(generation.number(), steps.committed())));
    run = new GenerationRun(settings, generation, checkpoints, steps, holds);
    run.resume(nowNs, out);
  }

  Generation generation() {
    return generation;
  }

  boolean isMember(String trainer, long number) {
    return generation.number() == number && generation.isMember(trainer);
  }

  boolean isMember(String trainer) {
    return generation.isMember(trainer);
  }

  /** Whether a member's loss is felt by others. */
  boolean isShared() {
    return generation.worldSize() > 1;
  }

  /** Notes a member that settled; returns whether steps begin now. */
  boolean onReady(RunEvent.MemberReady ready, long nowNs, List<RunAction> out) {
    for (StepReport report : ready.reports()) {
      steps.add(ready.trainer(), ready.generation(), report, nowNs, out);
    }
    if (run != null || !preparation.add(ready)) {
      return false;
    }
    long step = preparation.step();
    if (!preparation.agreed()) {
      failure =
          "the members of generation "
              + generation.number()
              + " settled on different steps: "
              + preparation.describe();
    }
    clock.ready(preparation.slowest(), nowNs);
    if (preparation.restored()) {
      steps.stateLost();
    }
    steps.enter(generation, step, nowNs, out);
    out.add(
        new Report(
            new ProgressEvent.GenerationSettled(
                generation.number(), step, preparation.restored() ? generation.checkpoint() : "")));
    run = new GenerationRun(settings, generation, checkpoints, steps, 0);
    run.begin(nowNs, out);
    return true;
  }

  /** A member, of this generation or one before, did a step. */
  void onStep(RunEvent.StepReported step, long nowNs, List<RunAction> out) {
    long before = steps.committed();
    boolean moved =
        steps.add(step.trainer(), step.generation(), step.report(), nowNs, out) && run != null;
    if (moved && steps.committed() > before && preparation.missing().isEmpty()) {
      clock.committed(generation.number(), steps.committed() - 1, nowNs, out);
    }
    if (moved) {
      run.onStep(nowNs, out);
    }
  }

  /** Steps, once {@link #onReady} has said that they begin. */
  GenerationRun run() {
    return run;
  }

  /** Trainers that are there, and for which this generation has work but no place. */
  List<String> waiting() {
    List<String> waiting = new ArrayList<>(roster.joined());
    waiting.removeIf(generation::isMember);
    return generation.worldSize() >= settings.plan().microshards() ? List.of() : waiting;
  }

  /** Sends orders again, in case they were lost; returns who hangs when the time is up. */
  Optional<Hang> onTick(long nowNs, List<RunAction> out) {
    return run == null ? whilePreparing(nowNs, out) : whileRunning(nowNs, out);
  }

  private Optional<Hang> whilePreparing(long nowNs, List<RunAction> out) {
    if (nowNs - announcedNs < settings.limits().readyTimeout().toNanos()) {
      out.add(new RunAction.Announce(generation));
      return Optional.empty();
    }
    String what = "was not ready within " + settings.limits().readyTimeout().toSeconds() + " s";
    return Optional.of(new Hang(preparation.missing(), what, ""));
  }

  private Optional<Hang> whileRunning(long nowNs, List<RunAction> out) {
    if (!run.isStuck(nowNs)) {
      run.onTick(nowNs, out);
      return Optional.empty();
    }
    List<String> behind = run.behind();
    String step =
        steps.committed() + " within " + settings.limits().stepTimeout().toSeconds() + " s";
    boolean all = behind.size() == generation.worldSize();
    String together = all ? "no trainer finished step " + step : "";
    return Optional.of(new Hang(behind, "did not finish step " + step, together));
  }

  /** Tells the members to leave it, where another one does not follow at once. */
  void abort(String reason, List<RunAction> out) {
    out.add(new RunAction.Abort(generation, reason));
  }

  /** Why the run cannot go on; null when it can. */
  String failure() {
    return failure != null || run == null ? failure : run.failure();
  }
}
