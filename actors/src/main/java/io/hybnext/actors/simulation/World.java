package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.ExchangeMachine;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.PeerLinks;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.file.Disk;
import java.util.ArrayList;
import java.util.List;

/** Everything there is in one simulation, and who reaches whom. */
final class World {
  private static final int COORDINATOR = 0; // number of its machine
  private static final long EXIT_NOTICED_NS = Scenario.SECOND / 100;
  private static final long LOSS_NOTICED_NS = 10 * Scenario.SECOND; // by a failure detector
  private static final long SILENCE_NS = Scenario.SECOND / 4;
  private static final long PARENT_NOTICED_NS = Scenario.SECOND / 20;
  private static final long TAKE_OVER_NS = 3 * Scenario.SECOND;
  private static final long START_AGAIN_NS = 5 * Scenario.SECOND;

  private final EventQueue events = new EventQueue();
  private final SimulatedClock clock = new SimulatedClock(events);
  private final Scenario scenario;
  private final Parts parts;
  private final Trace trace;
  private final SimulatedDisk realDisk;
  private final Disk disk;
  private final SimulatedNetwork network;
  private final Invariants invariants;
  private final SimulatedTrainer[] trainers = new SimulatedTrainer[Faults.MOST_TRAINERS];
  private final double[] slowness;
  private final ExchangeSettings exchangeSettings;
  private final boolean[] saidQuiet = new boolean[Faults.MOST_TRAINERS];
  private SimulatedCoordinator coordinator;
  private RunReport report;
  private long coordinators;
  private long incarnations = 1000; // those that a coordinator counts begin at 1

  World(Scenario scenario, Parts parts, Twin twin, Trace trace) {
    this.scenario = scenario;
    this.parts = parts;
    this.trace = trace;
    realDisk = new SimulatedDisk(new Chance(scenario.seed, 103));
    disk = parts.disk(realDisk);
    network = new SimulatedNetwork(events, scenario);
    invariants = new Invariants(this, twin);
    slowness = scenario.slowness.clone();
    exchangeSettings = scenario.exchangeSettings(clock);
  }

  EventQueue events() {
    return events;
  }

  long nowNs() {
    return events.nowNs();
  }

  SimulatedClock clock() {
    return clock;
  }

  Scenario scenario() {
    return scenario;
  }

  Parts parts() {
    return parts;
  }

  Disk disk() {
    return disk;
  }

  SimulatedDisk realDisk() {
    return realDisk;
  }

  SimulatedNetwork network() {
    return network;
  }

  Invariants invariants() {
    return invariants;
  }

  SimulatedCoordinator coordinator() {
    return coordinator;
  }

  /** How the run ended; null until then. */
  RunReport report() {
    return report;
  }

  double slowness(int slot) {
    return slowness[slot];
  }

  void slowness(int slot, double factor) {
    slowness[slot] = factor;
  }

  /** Notes what happens, when somebody wants to know. */
  void trace(String who, String what) {
    if (trace != null) {
      trace.add(events.nowNs(), who, what);
    }
  }

  boolean isTraced() {
    return trace != null;
  }

  /** Names of the trainers that the coordinator starts itself. */
  List<String> managed() {
    List<String> names = new ArrayList<>();
    for (int slot = 0; slot < scenario.trainers; slot++) {
      names.add(name(slot));
    }
    return names;
  }

  static String name(int slot) {
    return "trainer-" + slot;
  }

  private static int slot(String name) {
    return Integer.parseInt(name.substring("trainer-".length()));
  }

  /** The process in a slot; null for none. */
  SimulatedTrainer trainer(int slot) {
    SimulatedTrainer trainer = trainers[slot];
    return trainer != null && trainer.isAlive() ? trainer : null;
  }

  /** A process by name and incarnation; null when it is no more. */
  SimulatedTrainer process(String name, long incarnation) {
    SimulatedTrainer trainer = trainer(slot(name));
    return trainer != null && trainer.incarnation() == incarnation ? trainer : null;
  }

  /** Somebody starts the run, or starts it again. */
  void startRun() {
    coordinators++;
    invariants.onStartAgain();
    coordinator = new SimulatedCoordinator(this, managed());
    coordinator.perform(coordinator::begin);
  }

  /** Of a process that nobody but itself launches. */
  long nextIncarnation() {
    return ++incarnations;
  }

  /** Starts a process. */
  void launch(String name, long incarnation) {
    int slot = slot(name);
    SimulatedTrainer old = trainer(slot);
    if (old != null && old.incarnation() >= incarnation && old.isAlive()) {
      return;
    }
    SimulatedTrainer started = new SimulatedTrainer(this, name, incarnation, slot);
    if (old != null) {
      old.crash(); // its launcher replaces it
    }
    trainers[slot] = started;
    saidQuiet[slot] = false;
    trace(name, "process " + incarnation + " starts");
    started.start();
  }

  /** A trainer's news on their way to the coordinator. */
  void toCoordinator(SimulatedTrainer from, RunEvent event) {
    SimulatedCoordinator to = coordinator;
    if (isTraced()) {
      trace(from.name(), "says " + event);
    }
    network.post(
        from.machineNumber(),
        COORDINATOR,
        () -> to.perform(() -> parts.hear(event, heard -> to.onTrainer(from, heard))));
  }

  /** An order on its way to a process. */
  void toTrainer(String name, long incarnation, RunAction order) {
    SimulatedTrainer to = trainers[slot(name)];
    if (to == null || to.incarnation() != incarnation) {
      return;
    }
    network.post(
        COORDINATOR,
        to.machineNumber(),
        () -> to.perform(() -> parts.obey(to, order, each -> obey(to, each))));
  }

  private void obey(SimulatedTrainer to, RunAction order) {
    if (isTraced()) {
      trace(to.name(), "is told " + order);
    }
    to.obey(order);
  }

  /** Opens a member's ways to the others. */
  SimulatedLinks open(Generation generation, SimulatedTrainer trainer) {
    int[] machines = new int[generation.worldSize()];
    for (Member member : generation.members()) {
      machines[member.rank()] = slot(member.trainer()) + 1;
    }
    return network.open(generation, trainer, machines);
  }

  /** A member's exchange over its ways; null ways for one that is alone. */
  ExchangeMachine machine(Generation generation, SimulatedTrainer trainer, SimulatedLinks links) {
    PeerLinks ways = links == null ? PeerLinks.NONE : parts.links(trainer, links);
    return ExchangeMachine.of(
        generation, trainer.name(), trainer.state().layout(), ways, exchangeSettings);
  }

  /** Settings of every member's exchange. */
  ExchangeSettings exchangeSettings() {
    return exchangeSettings;
  }

  /** A process ends in good order. */
  void onExit(SimulatedTrainer trainer, String reason) {
    trace(trainer.name(), "exits: " + reason);
    trainer.exit();
    tellLost(trainer, reason, EXIT_NOTICED_NS);
  }

  /** Kills a process. */
  void crash(SimulatedTrainer trainer, String reason) {
    trace(trainer.name(), "crashes: " + reason);
    trainer.crash();
    tellLost(trainer, reason, scenario.deathIsPushed ? EXIT_NOTICED_NS : LOSS_NOTICED_NS);
  }

  void onCrash(SimulatedTrainer trainer, String where) {
    crash(trainer, where);
  }

  private void tellLost(SimulatedTrainer trainer, String reason, long afterNs) {
    SimulatedCoordinator to = coordinator;
    RunEvent lost = new RunEvent.TrainerLost(trainer.name(), trainer.incarnation(), reason);
    if (!to.isLaunching() && trainer.slot() < scenario.trainers) {
      startAgainByHand(trainer.slot());
    }
    to.after(afterNs, () -> to.on(lost));
  }

  /**
   * The coordinator's process is killed. Where there is another one in the cluster it takes over;
   * else trainers end with the one that started them.
   */
  void crashCoordinator(String reason) {
    trace("coordinator", "crashes: " + reason);
    coordinator.end();
    if (scenario.standby) {
      long number = ++coordinators;
      events.after(
          TAKE_OVER_NS,
          () -> {
            if (coordinators == number) {
              takeOver();
            }
          });
    } else {
      events.after(PARENT_NOTICED_NS, this::endTrainers);
      startAgain();
    }
  }

  private void takeOver() {
    invariants.onTakeOver();
    coordinator = new SimulatedCoordinator(this, List.of());
    coordinator.perform(coordinator::begin);
    for (int slot = 0; slot < scenario.trainers; slot++) {
      startAgainByHand(slot);
    }
  }

  /** Nobody else starts a trainer again when the process is gone that did. */
  private void startAgainByHand(int slot) {
    events.after(
        START_AGAIN_NS,
        () -> {
          if (!coordinator.isLaunching() && coordinator.isAlive() && trainer(slot) == null) {
            launch(name(slot), nextIncarnation());
          }
        });
  }

  private void endTrainers() {
    for (SimulatedTrainer trainer : trainers) {
      if (trainer != null && trainer.isAlive()) {
        trainer.crash();
      }
    }
  }

  private void startAgain() {
    long number = ++coordinators; // whoever was to take over does not
    events.after(
        START_AGAIN_NS,
        () -> {
          if (coordinators == number) {
            startRun();
          }
        });
  }

  /** All machines lose their power. */
  void losePower() {
    trace("power", "is lost");
    coordinator.end();
    endTrainers();
    realDisk.losePower();
    startAgain();
  }

  /** The run is over; one that was stopped or could not go on is started again by its operator. */
  void onEnd(RunReport ended) {
    trace("coordinator", "ends: " + ended);
    coordinator.end();
    endTrainers();
    invariants.onEnd(ended);
    if (ended.outcome() == RunReport.Outcome.COMPLETED) {
      report = ended;
    } else {
      startAgain();
    }
  }

  /** Silence of a process, or its end, is noticed at the other end of its lifeline. */
  void lookAtLifeline(int slot) {
    SimulatedTrainer trainer = trainer(slot);
    if (trainer == null) {
      return;
    }
    boolean quiet = isQuiet(trainer);
    events.after(
        quiet ? SILENCE_NS : SILENCE_NS / 10,
        () -> {
          if (trainer.isAlive() && isQuiet(trainer) == quiet && saidQuiet[slot] != quiet) {
            saidQuiet[slot] = quiet;
            coordinator.perform(() -> coordinator.on(silence(trainer, quiet)));
          }
        });
  }

  private boolean isQuiet(SimulatedTrainer trainer) {
    return trainer.isStopped() || network.isCut(trainer.machineNumber(), COORDINATOR);
  }

  private static RunEvent silence(SimulatedTrainer trainer, boolean quiet) {
    return quiet
        ? new RunEvent.TrainerPaused(
            trainer.name(), trainer.incarnation(), trainer.name() + " is silent")
        : new RunEvent.TrainerResumed(trainer.name(), trainer.incarnation());
  }

  /** What everybody is doing, for people. */
  String describe() {
    StringBuilder text = new StringBuilder(coordinator.describe());
    for (SimulatedTrainer trainer : trainers) {
      if (trainer != null && trainer.isAlive()) {
        text.append("; ").append(trainer.describe());
      }
    }
    return text.toString();
  }
}
