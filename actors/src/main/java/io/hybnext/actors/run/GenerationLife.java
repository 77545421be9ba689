package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.RunAction.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A generation from its announcement to its end: the members restore and connect ({@link
 * Preparation}); when all are ready they do steps ({@link GenerationRun}).
 */
final class GenerationLife {
  private final RunSettings settings;
  private final Generation generation;
  private final Roster roster;
  private final CheckpointBook checkpoints;
  private final Preparation preparation;
  private final long announcedNs;
  private GenerationRun run; // null until all members are ready

  GenerationLife(
      RunSettings settings,
      Generation generation,
      Roster roster,
      CheckpointBook checkpoints,
      long nowNs) {
    this.settings = settings;
    this.generation = generation;
    this.roster = roster;
    this.checkpoints = checkpoints;
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

  /** Tells everybody who takes part and where it begins. */
  void announce(List<RunAction> out) {
    List<String> trainers = generation.members().stream().map(Member::trainer).toList();
    out.add(
        new Report(
            new ProgressEvent.GenerationFormed(
                generation.number(), trainers, generation.startStep(), generation.checkpoint())));
    out.add(new RunAction.Announce(generation));
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

  /** Notes a member that restored and connected; returns whether steps begin now. */
  boolean onReady(String trainer, long nowNs, List<RunAction> out) {
    if (!preparation.add(trainer)) {
      return false;
    }
    run = new GenerationRun(settings, generation, roster, checkpoints);
    run.begin(nowNs, out);
    return true;
  }

  /** Steps, once {@link #onReady} has said that they begin. */
  GenerationRun run() {
    return run;
  }

  /**
   * Hands over to the next generation when trainers wait that joined after this one was formed and
   * there is work for more; returns whether it does.
   */
  boolean takeIn(List<RunAction> out) {
    if (generation.worldSize() >= settings.plan().microshards()) {
      return false;
    }
    List<String> waiting = new ArrayList<>(roster.joined());
    waiting.removeIf(generation::isMember);
    if (waiting.isEmpty()) {
      return false;
    }
    run.handOver(String.join(", ", waiting) + " joined", out);
    return true;
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
    String step = run.committed() + " within " + settings.limits().stepTimeout().toSeconds() + " s";
    boolean all = behind.size() == generation.worldSize();
    String together = all ? "no trainer finished step " + step : "";
    return Optional.of(new Hang(behind, "did not finish step " + step, together));
  }

  /** Tells the members that it is over before its time. */
  void breakOff(String reason, List<RunAction> out) {
    out.add(new Report(new ProgressEvent.GenerationBroken(generation.number(), reason)));
    abort(reason, out);
  }

  /** Tells the members to drop what they do. */
  void abort(String reason, List<RunAction> out) {
    out.add(new RunAction.Abort(generation, reason));
  }

  /** Steps that were not applied because a value was not finite. */
  long notApplied() {
    return run == null ? 0 : run.notApplied();
  }
}
