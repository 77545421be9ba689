package io.hybnext.actors.simulation;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunReport.Outcome;
import io.hybnext.actors.run.StepReport;
import io.hybnext.streams.batch.Wave;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What must hold at every instant, whatever goes wrong. Each check throws a {@link Violation}.
 *
 * <ul>
 *   <li>Weights, moments, losses and norms are those of the undisturbed {@link Twin}, bit for bit.
 *   <li>Steps are committed once and in order; only a loss of state makes a run go back.
 *   <li>State is lost only when more processes were lost than one since it was last whole, or than
 *       those of one host while there was another.
 *   <li>Nothing is updated before every sum has its two holders.
 *   <li>No step begins while the run is paused.
 *   <li>New items enter at the same steps for everybody, also after whatever crash.
 *   <li>Numbers of generations rise; a generation has all microshards once.
 *   <li>What was published can be loaded after any crash; it, or what is newer.
 *   <li>Queues are bounded.
 * </ul>
 */
final class Invariants {
  private static final int MOST_EVENTS = 20_000;
  private static final int MOST_BACKLOG = 5_000;
  private static final long NOT_PAUSED = -1;

  private final World world;
  private final EnteredWaves waves = new EnteredWaves();
  private Twin twin;
  private Generation announced;
  private Generation settling; // the newest that any member settled in
  private final List<SimulatedTrainer> settled = new ArrayList<>(); // its members that did
  private List<SimulatedTrainer> whole = List.of(); // all members of the last that all settled in
  private long led; // generation that the coordinator leads
  private long wholeGeneration;
  private long summedStep = -1;
  private long summedGeneration = -1;
  private int summed; // members that have all sums of that step
  private long committed = -1; // steps that the present coordinator committed; -1 at first
  private long pausedAfter = NOT_PAUSED; // number of steps done when the run was paused
  private long told; // steps that were ever told of as committed
  private boolean mayGoBack = true;
  private long publishing;
  private long published;
  private long steps;
  private long losses;

  Invariants(World world, Twin twin) {
    this.world = world;
    this.twin = twin;
  }

  /** Steps committed, those that were done again included. */
  long steps() {
    return steps;
  }

  /** How often the state was lost and members went back to a checkpoint. */
  long losses() {
    return losses;
  }

  private static Violation violation(String form, Object... values) {
    return new Violation(String.format(form, values));
  }

  void onAnnounce(Generation next) {
    if (announced != null && next.number() < announced.number()) {
      throw violation("generation %d follows %d", next.number(), announced.number());
    }
    if (announced != null && next.number() == announced.number()) {
      if (!next.equals(announced)) {
        throw violation("generation %d was announced in two forms", next.number());
      }
      return;
    }
    announced = next;
    mayGoBack |= !mustBeHeld(next);
    int microshard = 0;
    for (Member member : next.members()) {
      if (member.microshards().first() != microshard) {
        throw violation("generation %d cuts the batch into %s", next.number(), next.members());
      }
      microshard = member.microshards().end();
    }
    if (microshard != world.scenario().model.microshards()) {
      throw violation("generation %d computes %d microshards", next.number(), microshard);
    }
  }

  void onSettled(SimulatedTrainer trainer, Generation generation, long step) {
    if (settling == null || generation.number() > settling.number()) {
      settling = generation;
      settled.clear();
    }
    if (generation.number() == settling.number()) {
      settled.add(trainer);
      if (settled.size() == generation.worldSize()) {
        whole = List.copyOf(settled);
        wholeGeneration = generation.number();
      }
    }
    if (step < generation.startStep()) {
      throw violation(
          "%s settled for step %d in generation %d, whose checkpoint is of step %d",
          trainer.name(), step, generation.number(), generation.startStep());
    }
    checkState(trainer, step, "settled in generation " + generation.number());
  }

  void onStateLost(SimulatedTrainer trainer, Generation generation) {
    losses++;
    mayGoBack = true;
    if (generation.number() > wholeGeneration && mustBeHeld(generation)) {
      throw violation(
          "%s went back to a checkpoint in generation %d, though of the %d that held the state"
              + " none is lost but one, or those of one host",
          trainer.name(), generation.number(), whole.size());
    }
  }

  /**
   * Whether every part of the state must have a holder among the members of a generation. All may
   * be behind its checkpoint, which a coordinator published that was lost before it could say so.
   * Once a member has settled in the generation after the last whole one, others of that may hold
   * what it has let go of: they count as well.
   */
  private boolean mustBeHeld(Generation generation) {
    if (whole.stream().allMatch(member -> member.committed() < generation.startStep())) {
      return false;
    }
    List<String> lost = new ArrayList<>(); // hosts of those that are
    for (SimulatedTrainer member : whole) {
      if (!isIn(generation, member.name(), member.incarnation())) {
        lost.add(world.scenario().host(member.slot()));
      }
    }
    if (whole.isEmpty() || (whole.size() == 1 && !lost.isEmpty())) {
      return false;
    }
    boolean elsewhere = // whether there was another host each time
        whole.stream().map(of -> world.scenario().host(of.slot())).distinct().count() > 1;
    if (settling.number() > wholeGeneration) {
      for (Member member : settling.members()) {
        if (!wasWhole(member) && !isIn(generation, member.trainer(), member.incarnation())) {
          lost.add(member.host());
        }
      }
      elsewhere &= settling.members().stream().map(Member::host).distinct().count() > 1;
    }
    return lost.size() <= 1 || (elsewhere && lost.stream().distinct().count() == 1);
  }

  private boolean wasWhole(Member member) {
    return whole.stream()
        .anyMatch(
            of -> of.name().equals(member.trainer()) && of.incarnation() == member.incarnation());
  }

  private boolean isIn(Generation generation, String name, long incarnation) {
    return world.process(name, incarnation) != null
        && generation.isMember(name)
        && generation.member(name).incarnation() == incarnation;
  }

  /**
   * A member begins a step. Members that the coordinator does not lead any more may: it waits for
   * others. A step that is committed while the run is paused was done before, by a member that was
   * away and is back.
   */
  void onBegin(SimulatedTrainer trainer, Generation generation, long step) {
    if (pausedAfter != NOT_PAUSED && generation.number() >= led) {
      throw violation(
          "%s begins step %d in generation %d, and the run is paused after %d steps",
          trainer.name(), step, generation.number(), pausedAfter);
    }
  }

  /** A member has all sums of a step that it owns or is deputy of. */
  void onSummed(Generation generation, long step) {
    if (generation.number() != summedGeneration || step != summedStep) {
      if (generation.number() < summedGeneration) {
        return; // one that does not know yet that others went on without it
      }
      summedGeneration = generation.number();
      summedStep = step;
      summed = 0;
    }
    summed++;
  }

  /** A member updates a chunk in a step, not in a settlement. */
  void onUpdate(SimulatedTrainer trainer, Generation generation, long step) {
    boolean current = generation.number() == summedGeneration && step == summedStep;
    if (current && summed < generation.worldSize()) {
      throw violation(
          "%s updates in step %d of generation %d, and only %d of %d members have their sums",
          trainer.name(), step, generation.number(), summed, generation.worldSize());
    }
  }

  void onStep(SimulatedTrainer trainer, long step, StepResult result) {
    StepResult wanted = twin.result(step);
    boolean same =
        result.loss().equals(wanted.loss())
            && Double.compare(result.gradientNorm(), wanted.gradientNorm()) == 0
            && result.applied() == wanted.applied();
    if (!same) {
      throw violation(
          "%s has %s in step %d, where the undisturbed run has %s",
          trainer.name(), result, step, wanted);
    }
    checkState(trainer, step + 1, "did step " + step);
  }

  private void checkState(SimulatedTrainer trainer, long step, String what) {
    int bucket = twin.differs(trainer.state(), step);
    if (bucket >= 0) {
      throw violation(
          "%s %s: bucket %d differs from the undisturbed run after %d steps",
          trainer.name(), what, bucket, step);
    }
  }

  /** How new items entered. */
  EnteredWaves waves() {
    return waves;
  }

  /** Somebody looks how new items entered: the undisturbed run is one that they enter likewise. */
  void onWaves(String who, List<Wave> found) {
    long step = waves.onLook(who, found);
    if (step < Long.MAX_VALUE) {
      twin = twin.with(found, step);
    }
  }

  void onProgress(ProgressEvent event) {
    if (event instanceof ProgressEvent.GenerationFormed formed) {
      led = formed.generation();
    } else if (event instanceof ProgressEvent.GenerationAdopted adopted) {
      led = adopted.generation();
    } else if (event instanceof ProgressEvent.StepCommitted commit) {
      onCommitted(commit.report());
    } else if (event instanceof ProgressEvent.RolledBack back) {
      if (!mayGoBack && committed >= 0) { // a new coordinator does not know of all losses
        throw violation(
            "the run goes back from %d to %d, and no state was lost", committed, back.to());
      }
      committed = back.to();
    } else if (event instanceof ProgressEvent.Paused paused) {
      pausedAfter = paused.step();
    } else if (event instanceof ProgressEvent.Continued) {
      pausedAfter = NOT_PAUSED;
    }
  }

  private void onCommitted(StepReport report) {
    boolean known = report.step() > committed && report.step() <= told; // before it went back
    if (committed >= 0 && report.step() != committed && !known) {
      throw violation("step %d is committed after %d steps", report.step(), committed);
    }
    checkDoneByAll(report.step());
    committed = report.step() + 1;
    told = Math.max(told, committed);
    steps++;
    mayGoBack = false;
    StepResult wanted = twin.result(report.step());
    boolean same =
        Double.compare(report.nll(), wanted.loss().nll()) == 0
            && Double.compare(report.gradientNorm(), wanted.gradientNorm()) == 0
            && report.tokens() == wanted.loss().tokens();
    if (!same) {
      throw violation("step %d is committed as %s, not as %s", report.step(), report, wanted);
    }
  }

  private void checkDoneByAll(long step) {
    if (wholeGeneration > led) { // that one is not the coordinator's, who took another over
      return;
    }
    for (SimulatedTrainer trainer : whole) {
      boolean goesOn = trainer.isAlive() && trainer.generation() == wholeGeneration;
      if (goesOn && trainer.committed() <= step) {
        throw violation(
            "step %d is committed, and %s did only %d", step, trainer.name(), trainer.committed());
      }
    }
  }

  void onPublishing(long step) {
    publishing = step;
  }

  void onPublished(long step) {
    published = step;
  }

  void onNewest(long step) {
    if (step < published && step != publishing) {
      throw violation("the newest checkpoint is of step %d, and %d was published", step, published);
    }
    published = step;
  }

  /** Another coordinator takes over; it tells of steps again that the journal does not know. */
  void onTakeOver() {
    committed = -1;
  }

  /** A new coordinator takes over, all members are new. */
  void onStartAgain() {
    committed = -1;
    pausedAfter = NOT_PAUSED;
    mayGoBack = true;
    whole = List.of();
  }

  void onEnd(RunReport report) {
    if (report.outcome() == Outcome.FAILED) {
      throw violation("the run failed: %s", report.reason());
    }
    if (report.outcome() == Outcome.COMPLETED) {
      checkFinal();
    }
  }

  /** The last checkpoint holds the undisturbed run's state. */
  private void checkFinal() {
    Scenario scenario = world.scenario();
    CheckpointStore store =
        new CheckpointStore(
            world.realDisk(), scenario.checkpoints(), scenario.identity(), 3, world.clock());
    SimulatedTrainStep restored = new SimulatedTrainStep(scenario.model, world.realDisk());
    try {
      CheckpointStore.Newest newest = store.newest();
      if (newest.step() != scenario.steps) {
        throw violation("the last checkpoint is of step %d", newest.step());
      }
      restored.restore(Path.of(newest.folder()));
    } catch (CheckpointException | IOException e) {
      throw violation("the last checkpoint cannot be restored: %s", e.getMessage());
    }
    if (twin.differs(restored, scenario.steps) >= 0) {
      throw violation("the last checkpoint differs from the undisturbed run");
    }
  }

  /** Looks at all queues. */
  void checkQueues() {
    if (world.events().size() > MOST_EVENTS) {
      throw violation("%d events wait to happen", world.events().size());
    }
    for (int slot = 0; slot < Faults.MOST_TRAINERS; slot++) {
      SimulatedTrainer trainer = world.trainer(slot);
      if (trainer != null && trainer.backlog() > MOST_BACKLOG) {
        throw violation("%d messages wait for %s", trainer.backlog(), trainer.name());
      }
    }
  }
}
