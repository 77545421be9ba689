package io.hybnext.actors.simulation;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.checkpoint.PartWriter;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.ExchangeMachine;
import io.hybnext.actors.exchange.ExchangeMachine.Phase;
import io.hybnext.actors.exchange.HeldState;
import io.hybnext.actors.exchange.Settlement;
import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.step.TrainStep.CheckpointPart;
import io.hybnext.actors.trainer.TrainerNews;
import io.hybnext.actors.trainer.TrainerPlan;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sampler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A trainer process: the shell that {@link io.hybnext.actors.trainer.TrainerLoop} and the trainer's
 * actor are in a real one, as events, around the same {@link TrainerPlan} and {@link
 * ExchangeMachine}.
 */
final class SimulatedTrainer extends SimulatedProcess {
  private static final long BEAT_NS = 2 * Scenario.SECOND;
  private static final long OPEN_NS = Scenario.SECOND / 50;
  private static final long RESTORE_NS = Scenario.SECOND / 10;
  private static final long CAPTURE_NS = Scenario.SECOND / 20;
  private static final int DUTY_CYCLES = 100_000;

  private enum Activity {
    /** Asks the plan. */
    IDLE,
    /** A timer ends it. */
    BUSY,
    /** The exchange ends it. */
    SETTLING,
    /** The exchange ends it. */
    FINISHING
  }

  private final World world;
  private final Scenario scenario;
  private final String name;
  private final long incarnation;
  private final int slot;
  private final TrainerPlan plan = new TrainerPlan();
  private final Sampler sampler;
  private final SimulatedTrainStep state;
  private final TrainStep trainStep; // the same, as the exchange sees it
  private final HeldState held;
  private final TrainerNews<RunEvent> told = new TrainerNews<>();
  private Activity activity = Activity.IDLE;
  private Generation generation;
  private MicroshardRange range;
  private SimulatedLinks links;
  private ExchangeMachine machine;
  private boolean restored;
  private boolean writing;
  private boolean watched;
  private boolean opened;
  private long step;
  private long stepGeneration;
  private long computeNs;
  private long stepBeganNs;
  private long waitsSinceNs;
  private long announcedNs;
  private long openedNs;
  private long nextWakeNs = Long.MAX_VALUE;
  private long diedNs = Long.MAX_VALUE;

  SimulatedTrainer(World world, String name, long incarnation, int slot) {
    super(world.events());
    this.world = world;
    this.scenario = world.scenario();
    this.name = name;
    this.incarnation = incarnation;
    this.slot = slot;
    sampler = scenario.model.sampler();
    state = new SimulatedTrainStep(scenario.model, world.disk(), this::onUpdate);
    trainStep = world.parts().trainStep(this, state);
    held = new HeldState(state.layout());
  }

  String name() {
    return name;
  }

  long incarnation() {
    return incarnation;
  }

  int slot() {
    return slot;
  }

  /** Number of its machine in the network. */
  int machineNumber() {
    return slot + 1;
  }

  /** Number of the generation that it is in; -1 for none. */
  long generation() {
    return generation == null ? -1 : generation.number();
  }

  SimulatedTrainStep state() {
    return state;
  }

  long committed() {
    return held.committed();
  }

  /** What it is doing, for people. */
  String describe() {
    return String.format(
        "%s#%d %s%s, holds %d, generation %s, %s %s",
        name,
        incarnation,
        activity,
        isStopped() ? " (stopped)" : "",
        held.committed(),
        generation == null ? "none" : generation.number(),
        machine == null ? "no exchange" : machine.phase(),
        machine == null ? "" : "waits for " + machine.waitsFor());
  }

  /** Chunks that it owns in its generation. */
  List<Chunk> owned() {
    return machine.owned();
  }

  /** Microshards that it computes in its generation. */
  MicroshardRange range() {
    return range;
  }

  /** Members of its generation. */
  int worldSize() {
    return generation.worldSize();
  }

  /** Whether it takes part in a step just now, not in a settlement. */
  boolean isInStep() {
    return machine != null && machine.phase() == Phase.GATHER;
  }

  /** Whether it exchanges with others just now. */
  boolean isExchanging() {
    return activity == Activity.SETTLING || activity == Activity.FINISHING;
  }

  /** The maths update a chunk. */
  private void onUpdate(long updated) {
    if (isInStep()) {
      world.invariants().onUpdate(this, generation, updated);
    }
  }

  /** The process begins. */
  void start() {
    after(
        scenario.launchNs,
        () -> {
          opened = true;
          beat();
        });
  }

  private void beat() {
    post(new RunEvent.TrainerJoined(name, incarnation, "simulated", "", told.position()));
    told.repeats().forEach(this::post);
    for (StepReport report : told.unconfirmed()) {
      post(new RunEvent.StepReported(name, stepGeneration, report));
    }
    after(BEAT_NS, this::beat);
  }

  private void tell(RunEvent event) {
    told.add(event);
    post(event);
  }

  private void post(RunEvent event) {
    world.toCoordinator(this, event);
  }

  // Orders. They come as messages: to be called through perform().

  void onAnnounce(RunAction.Announce order) {
    if (plan.announce(order.generation())) {
      announcedNs = world.nowNs();
      interrupt("generation " + order.generation().number() + " follows");
      told.announced(order.generation());
    }
    go();
  }

  void onProceed(RunAction.Proceed order) {
    if (told.isSettledIn(order.generation().number())) {
      told.confirm(order.committed());
    }
    plan.proceed(order.generation().number(), order.holds(), order.limit(), order.checkpoint());
    go();
  }

  void onHold(RunAction.Hold order) {
    long number = order.generation().number();
    OptionalLong steps = plan.hold(number, order.holds());
    if (steps.isPresent()) {
      post(new RunEvent.MemberHeld(name, number, order.holds(), steps.getAsLong()));
    }
  }

  void onAbort(RunAction.Abort order) {
    if (plan.abort(order.generation().number())) {
      interrupt(order.reason());
    }
    told.left(order.generation().number());
    go();
  }

  void onLeave(String reason) {
    plan.leave();
    interrupt(reason);
    go();
  }

  private void interrupt(String reason) {
    if (machine != null) {
      machine.abort(reason);
    }
  }

  /** A message of the exchange arrives at a time, or there is room for one. */
  void wakeAt(long timeNs) {
    if (timeNs < nextWakeNs) {
      nextWakeNs = timeNs;
      world.events().at(timeNs, this::wake);
    }
  }

  private void wake() {
    if (world.nowNs() < nextWakeNs) {
      return; // was woken before, and will be again
    }
    nextWakeNs = Long.MAX_VALUE;
    if (!isStopped()) {
      perform(this::go);
    }
  }

  @Override
  void onGoOn() {
    go();
  }

  /** Does what can be done now. */
  private void go() {
    if (!opened) {
      return;
    }
    boolean acted = true;
    while (acted && isAlive()) {
      try {
        acted = act();
      } catch (ExchangeException e) {
        broken(e.getMessage(), e.lost(), false);
      } catch (IOException e) {
        broken(e.getMessage(), List.of(), true);
      }
    }
    if (links != null && isAlive()) {
      long next = links.nextArrivalNs();
      if (next < Long.MAX_VALUE) {
        wakeAt(next);
      }
    }
  }

  private boolean act() throws IOException {
    return switch (activity) {
      case BUSY -> false;
      case SETTLING -> settle();
      case FINISHING -> finishStep();
      case IDLE -> begin(plan.next());
    };
  }

  private boolean begin(TrainerPlan.Next next) {
    if (next instanceof TrainerPlan.Leave) {
      leave();
    } else if (next instanceof TrainerPlan.Prepare prepare) {
      prepare(prepare.generation());
    } else if (next instanceof TrainerPlan.Capture capture && !writing) {
      capture(capture.request());
    } else if (next instanceof TrainerPlan.RunStep run) {
      beginStep(run.step());
    } else {
      return false;
    }
    return true;
  }

  private void busy(long durationNs, Work then) {
    activity = Activity.BUSY;
    after(
        (long) (durationNs * world.slowness(slot)),
        () -> {
          activity = Activity.IDLE;
          try {
            then.run();
          } catch (ExchangeException e) {
            broken(e.getMessage(), e.lost(), false);
          } catch (IOException e) {
            broken(e.getMessage(), List.of(), true);
          }
          go();
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private void leave() {
    world.onExit(this, name + " left");
  }

  private void closeExchange() {
    if (machine != null) {
      machine.close();
      machine = null;
      links = null;
    }
  }

  private void prepare(Generation next) {
    closeExchange();
    plan.preparing(next);
    generation = next;
    range = next.member(name).microshards();
    restored = false;
    busy(
        OPEN_NS,
        () -> {
          if (!plan.isIntact(next.number())) {
            return;
          }
          links = next.worldSize() == 1 ? null : world.open(next, this);
          machine = world.machine(next, this, links);
          openedNs = world.nowNs();
          machine.settle(trainStep, held);
          activity = Activity.SETTLING;
          startWaiting();
        });
  }

  private boolean settle() {
    if (!advance()) {
      return false;
    }
    if (machine.phase() == Phase.LOST) {
      if (restored) {
        throw new ExchangeException("the state that was just restored is lost");
      }
      restored = true;
      world.invariants().onStateLost(this, generation);
      busy(RESTORE_NS, this::restore);
      return true;
    }
    Settlement.GoOn agreed = (Settlement.GoOn) machine.settlement();
    world.invariants().onSettled(this, generation, agreed.step());
    activity = Activity.IDLE;
    plan.settled(agreed.step());
    told.settled(generation.number(), agreed.step());
    agreed.completed().ifPresent(result -> told.add(report(agreed.step() - 1, result)));
    PrepareTimes times =
        new PrepareTimes(openedNs - announcedNs, world.nowNs() - openedNs, restored);
    List<StepReport> reports = told.unconfirmedBefore(agreed.step());
    tell(new RunEvent.MemberReady(name, generation.number(), agreed.step(), reports, times));
    return true;
  }

  private void restore() throws IOException {
    held.clear();
    if (generation.checkpoint().isEmpty()) {
      trainStep.initialise();
    } else {
      trainStep.restore(Path.of(generation.checkpoint()));
    }
    held.reset(generation.startStep());
    machine.settle(trainStep, held);
    activity = Activity.SETTLING;
    startWaiting();
  }

  private void beginStep(long next) {
    plan.stepping();
    step = next;
    computeNs = 0;
    stepBeganNs = world.nowNs();
    machine.begin(step);
    compute(range.first());
  }

  private void compute(int microshard) {
    busy(
        scenario.microshardNs,
        () -> {
          Batch batch = world.parts().batch(scenario.model, sampler, step, microshard, range);
          TrainStep.Loss loss =
              trainStep.forwardBackward(
                  batch, (bucket, gradient) -> machine.add(microshard, bucket, gradient));
          machine.addLoss(microshard, loss);
          computeNs += (long) (scenario.microshardNs * world.slowness(slot));
          if (microshard + 1 < range.end()) {
            compute(microshard + 1);
          } else {
            machine.finish(trainStep);
            activity = Activity.FINISHING;
            startWaiting();
          }
        });
  }

  private boolean finishStep() {
    if (!advance()) {
      return false;
    }
    StepResult result = machine.result();
    world.invariants().onStep(this, step, result);
    activity = Activity.IDLE;
    plan.stepped();
    StepReport report = report(step, result);
    stepGeneration = generation.number();
    told.add(report);
    post(new RunEvent.StepReported(name, stepGeneration, report));
    return true;
  }

  private StepReport report(long of, StepResult result) {
    TrainStep.Loss loss = result.loss();
    return new StepReport(
        of,
        loss.nll(),
        loss.gva(),
        loss.zLoss(),
        loss.tokens(),
        result.gradientNorm(),
        result.applied(),
        trainStep.learningRate(of),
        computeNs,
        result.waitNs(),
        0,
        world.nowNs() - stepBeganNs,
        List.of());
  }

  /** Lets the exchange work; returns whether what was waited for is there. */
  private boolean advance() {
    for (int cycles = 0; cycles < DUTY_CYCLES; cycles++) {
      Phase before = machine.phase();
      int moved = machine.advance();
      Phase now = machine.phase();
      if (before == Phase.REDUCE && now != before) {
        world.invariants().onSummed(generation, step);
      }
      if (now == Phase.READY || now == Phase.LOST) {
        return true;
      }
      if (moved == 0 && now == before) {
        machine.checkWaiting(waitsSinceNs, world.exchangeSettings().silenceLimit());
        return false;
      }
      if (now != before) {
        waitsSinceNs = world.nowNs();
      }
    }
    throw new IllegalStateException(describe() + ": never stops being busy");
  }

  private void startWaiting() {
    waitsSinceNs = world.nowNs();
    watchSilence();
  }

  /** The shell of a real trainer looks all the time; here it is enough to look now and then. */
  private void watchSilence() {
    if (!watched) {
      watched = true;
      after(
          world.exchangeSettings().silenceLimit().toNanos() / 2,
          () -> {
            watched = false;
            if (isExchanging()) {
              go();
              watchSilence();
            }
          });
    }
  }

  private void capture(CheckpointRequest request) {
    int rank = generation.member(name).rank();
    CheckpointPart part = trainStep.capture(machine.owned(), rank, generation.worldSize());
    plan.captured(request);
    writing = true;
    Generation of = generation;
    after(CAPTURE_NS, () -> write(of, request, part));
  }

  private void write(Generation of, CheckpointRequest request, CheckpointPart part) {
    RunEvent outcome;
    try {
      List<CheckpointFile> files = PartWriter.write(world.disk(), part, Path.of(request.folder()));
      outcome =
          new RunEvent.PartWritten(name, of.number(), request.step(), request.attempt(), files);
    } catch (CheckpointException e) {
      outcome =
          new RunEvent.PartFailed(
              name, of.number(), request.step(), request.attempt(), e.getMessage());
    }
    writing = false;
    tell(outcome);
    go();
  }

  private void broken(String reason, List<String> lost, boolean unreadable) {
    boolean isNews = plan.isIntact(generation.number());
    plan.broke();
    activity = Activity.IDLE;
    interrupt(reason);
    if (isNews) {
      told.left(generation.number());
      tell(new RunEvent.MemberBroken(name, generation.number(), reason, lost, unreadable));
    }
  }

  /** Whether its end is known to the machines around it. */
  boolean isKnownDead() {
    return diedNs < world.nowNs() && scenario.deathIsPushed;
  }

  /** Killed: nothing is closed, what it has written to its ways can still be read. */
  void crash() {
    diedNs = world.nowNs() + Scenario.SECOND / 50;
    end();
    if (links != null) {
      links.announceDeath(diedNs + 1);
    }
  }

  @Override
  void onCrash(String where) {
    world.onCrash(this, where);
  }

  /** It ends in good order. */
  void exit() {
    closeExchange();
    end();
  }
}
