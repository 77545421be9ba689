package io.hybnext.actors.simulation;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.exchange.ExchangeException;
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
import io.hybnext.actors.trainer.TrainerPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A trainer process: the shell that {@link io.hybnext.actors.trainer.TrainerLoop} and the trainer's
 * actor are in a real one, as events, around the same {@link TrainerPlan} and {@link
 * ExchangeMachine}.
 */
final class SimulatedTrainer extends SimulatedProcess {
  private static final long OPEN_NS = Scenario.SECOND / 50;
  private static final long RESTORE_NS = Scenario.SECOND / 10;

  private final World world;
  private final Scenario scenario;
  private final String name;
  private final long incarnation;
  private final int slot;
  private final TrainerPlan plan = new TrainerPlan();
  private final SimulatedBatches batches;
  private final SimulatedTrainStep state;
  private final TrainStep trainStep; // the same, as the exchange sees it
  private final HeldState held;
  private final SimulatedGradients gradients;
  private final SimulatedNews news;
  private final SimulatedExchange exchange;
  private final SimulatedWriter writer;
  private final SimulatedOrders orders;
  private final Alarm alarm;
  private Activity activity = Activity.IDLE;
  private Generation generation;
  private MicroshardRange range;
  private boolean restored;
  private boolean opened;
  private boolean acted;
  private long step;
  private long computeNs;
  private long stepBeganNs;
  private long openedNs;
  private long diedNs = Long.MAX_VALUE;

  SimulatedTrainer(World world, String name, long incarnation, int slot) {
    super(world.events());
    this.world = world;
    this.scenario = world.scenario();
    this.name = name;
    this.incarnation = incarnation;
    this.slot = slot;
    batches = new SimulatedBatches(world, this);
    state = new SimulatedTrainStep(scenario.model, world.disk(), this::onUpdate);
    trainStep = world.parts().trainStep(this, state);
    held = new HeldState(state.layout());
    gradients = new SimulatedGradients(world, batches, trainStep);
    news = new SimulatedNews(world, this);
    exchange = new SimulatedExchange(world, this);
    writer = new SimulatedWriter(world, this);
    orders = new SimulatedOrders(world, this, plan, exchange);
    alarm = new Alarm(world.events(), this::wake);
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

  /** What it tells the coordinator. */
  SimulatedNews news() {
    return news;
  }

  long committed() {
    return held.committed();
  }

  /** What it is doing, for people. */
  String describe() {
    return String.format(
        "%s#%d %s%s, holds %d, generation %s, %s",
        name,
        incarnation,
        activity,
        isStopped() ? " (stopped)" : "",
        held.committed(),
        generation == null ? "none" : generation.number(),
        exchange.describe());
  }

  /** Chunks that it owns in its generation. */
  List<Chunk> owned() {
    return exchange.machine().owned();
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
    return exchange.isInStep();
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
          news.beat();
        });
  }

  /** An order of the coordinator; it comes as a message: to be called through perform(). */
  void obey(RunAction order) {
    orders.obey(order);
    go();
  }

  /** Somebody takes its machine away: it ends in good order. To be called through perform(). */
  void leave(String reason) {
    orders.leave(reason);
    go();
  }

  /** A message of the exchange arrives at a time, or there is room for one. */
  void wakeAt(long timeNs) {
    alarm.at(timeNs);
  }

  private void wake() {
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
    acted = true;
    while (acted && isAlive()) {
      attempt(() -> acted = act());
    }
    if (isAlive()) {
      long next = exchange.nextArrivalNs();
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
      world.onExit(this, name + " left");
    } else if (next instanceof TrainerPlan.Prepare prepare) {
      prepare(prepare.generation());
    } else if (next instanceof TrainerPlan.Capture capture && !writer.isWriting()) {
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
          attempt(then);
          go();
        });
  }

  /** Something that others or the disk can make impossible. */
  private interface Work {
    void run() throws IOException;
  }

  private void attempt(Work work) {
    try {
      work.run();
    } catch (ExchangeException e) {
      broken(e.getMessage(), e.lost(), false);
    } catch (IOException e) {
      broken(e.getMessage(), List.of(), true);
    }
  }

  private void prepare(Generation next) {
    exchange.close();
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
          gradients.ahead(range, generation.worldSize() > 1, held.unfinished());
          exchange.open(next);
          openedNs = world.nowNs();
          startSettling();
        });
  }

  private void startSettling() {
    exchange.machine().settle(trainStep, held);
    activity = Activity.SETTLING;
    exchange.startWaiting();
  }

  private boolean settle() {
    if (!exchange.advance(step)) {
      return false;
    }
    if (exchange.machine().phase() == Phase.LOST) {
      if (restored) {
        throw new ExchangeException("the state that was just restored is lost");
      }
      restored = true;
      world.invariants().onStateLost(this, generation);
      busy(RESTORE_NS, this::restore);
      return true;
    }
    Settlement.GoOn agreed = (Settlement.GoOn) exchange.machine().settlement();
    world.invariants().onSettled(this, generation, agreed.step());
    activity = Activity.IDLE;
    plan.settled(agreed.step());
    news.told().settled(generation.number(), agreed.step());
    agreed.completed().ifPresent(result -> news.told().add(report(agreed.step() - 1, result)));
    PrepareTimes times =
        new PrepareTimes(openedNs - orders.announcedNs(), world.nowNs() - openedNs, restored);
    List<StepReport> reports = news.told().unconfirmedBefore(agreed.step());
    news.tell(new RunEvent.MemberReady(name, generation.number(), agreed.step(), reports, times));
    return true;
  }

  private void restore() throws IOException {
    held.clear();
    gradients.forget();
    if (generation.checkpoint().isEmpty()) {
      trainStep.initialise();
    } else {
      trainStep.restore(Path.of(generation.checkpoint()));
    }
    held.reset(generation.startStep());
    startSettling();
  }

  private void beginStep(long next) {
    plan.stepping();
    step = next;
    computeNs = 0;
    stepBeganNs = world.nowNs();
    world.invariants().onBegin(this, generation, step);
    batches.begin(step);
    exchange.machine().begin(step);
    compute(range.first());
  }

  private void compute(int microshard) {
    busy(
        gradients.isKept(step, microshard) ? 0 : scenario.microshardNs,
        () -> {
          TrainStep.Loss loss =
              gradients.compute(
                  step,
                  microshard,
                  (bucket, gradient) -> exchange.machine().add(microshard, bucket, gradient));
          exchange.machine().addLoss(microshard, loss);
          computeNs += (long) (scenario.microshardNs * world.slowness(slot));
          if (microshard + 1 < range.end()) {
            compute(microshard + 1);
          } else {
            exchange.machine().finish(trainStep);
            activity = Activity.FINISHING;
            exchange.startWaiting();
          }
        });
  }

  private boolean finishStep() {
    if (!exchange.advance(step)) {
      return false;
    }
    StepResult result = exchange.machine().result();
    world.invariants().onStep(this, step, result);
    activity = Activity.IDLE;
    plan.stepped();
    news.tell(generation.number(), report(step, result));
    return true;
  }

  private StepReport report(long of, StepResult result) {
    long stepNs = world.nowNs() - stepBeganNs;
    double rate = trainStep.learningRate(of);
    return StepReport.of(of, result, rate, computeNs, 0, stepNs, 0, List.of());
  }

  private void capture(CheckpointRequest request) {
    int rank = generation.member(name).rank();
    plan.captured(request);
    writer.write(generation, request, trainStep.capture(owned(), rank, generation.worldSize()));
  }

  private void broken(String reason, List<String> lost, boolean unreadable) {
    boolean isNews = plan.isIntact(generation.number());
    plan.broke();
    activity = Activity.IDLE;
    exchange.abort(reason);
    if (isNews) {
      news.told().left(generation.number());
      news.tell(new RunEvent.MemberBroken(name, generation.number(), reason, lost, unreadable));
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
    exchange.announceDeath(diedNs + 1);
  }

  @Override
  void onCrash(String where) {
    world.onCrash(this, where);
  }

  /** It ends in good order. */
  void exit() {
    exchange.close();
    end();
  }
}
