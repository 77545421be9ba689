package io.hybnext.actors.simulation;

import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.simulation.DiskTrouble.Operation;
import io.hybnext.actors.simulation.DiskTrouble.Outcome;
import java.util.EnumMap;
import java.util.Map;

/**
 * What goes wrong in a simulation, and when: as often as the scenario says until its quiet end.
 * Half of it strikes at any time, half while trainers exchange, which is a small part of the time
 * and most of what can go wrong.
 */
final class Faults {
  /** Trainer processes that there may be at the same time. */
  static final int MOST_TRAINERS = 8;

  private static final int COORDINATOR = 0;
  private static final int EVENTS_WITHIN = 120;
  private static final int HOST_EVERY = 8; // times the time between faults

  /** Kinds of faults. */
  enum Kind {
    /** A process is killed. */
    CRASH(6),
    /** Two are killed at the same time. */
    CRASH_TWO(2),
    /** SIGSTOP, or a garbage collection, of a part of a second. */
    SHORT_PAUSE(4),
    /** SIGSTOP for up to minutes. */
    LONG_PAUSE(3),
    /** A trainer's messages do not reach the coordinator, or the other way. */
    CUT_CONTROL(3),
    /** A trainer's messages do not reach another. */
    CUT_EXCHANGE(3),
    /** A trainer reaches nobody, nor is it reached. */
    CUT_OFF(2),
    /** A trainer computes at another speed. */
    SLOW(2),
    /** One more trainer comes. */
    JOIN(3),
    /** One that came leaves. */
    LEAVE(2),
    /** The coordinator's process is killed. */
    CRASH_COORDINATOR(2),
    /** All machines lose their power. */
    POWER(1),
    /** Somebody stops the run, and starts it again. */
    STOP_RUN(1),
    /** The disk is full for a while. */
    DISK_FULL(2),
    /** A process is killed within one of the next operations of the disk. */
    CRASH_IN_DISK(3),
    /** All trainers of a host are killed at the same time; comes in a row of its own. */
    CRASH_HOST(0);

    final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  private final World world;
  private final Chance chance;
  private final Chance diskChance;
  private final Chance hostChance;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final int weights;
  private int countdown = -1; // events of an exchange until the next fault; -1 for none
  private boolean over;
  private long fullUntilNs;
  private long crashAtOperation = -1;

  Faults(World world) {
    this.world = world;
    chance = new Chance(world.scenario().seed, 104);
    diskChance = new Chance(world.scenario().seed, 105);
    hostChance = new Chance(world.scenario().seed, 109);
    int sum = 0;
    for (Kind kind : Kind.values()) {
      sum += kind.weight;
    }
    weights = sum;
    world.realDisk().trouble(this::disk);
  }

  /** How many of each kind there were. */
  Map<Kind, Long> counts() {
    return counts;
  }

  /** Begins. */
  void begin() {
    world.events().at(world.scenario().faultsUntilNs, this::end);
    next();
    if (world.scenario().hosts > 1) {
      nextHost();
    }
  }

  private void nextHost() {
    long waitNs = hostChance.waitNs(HOST_EVERY * world.scenario().faultEveryNs);
    world
        .events()
        .after(
            waitNs,
            () -> {
              if (!over) {
                crashHost(world.scenario().host(hostChance.below(MOST_TRAINERS)));
                nextHost();
              }
            });
  }

  private void crashHost(String host) {
    world.trace("faults", host + " dies");
    int killed = 0;
    for (int slot = 0; slot < MOST_TRAINERS; slot++) {
      SimulatedTrainer trainer = world.trainer(slot);
      if (trainer != null && world.scenario().host(slot).equals(host)) {
        world.crash(trainer, "killed with its host");
        killed++;
      }
    }
    if (killed > 1) {
      counts.merge(Kind.CRASH_HOST, 1L, Long::sum);
    }
  }

  private void next() {
    world
        .events()
        .after(
            chance.waitNs(world.scenario().faultEveryNs),
            () -> {
              if (over) {
                return;
              }
              if (chance.happens(0.5)) {
                countdown = chance.below(EVENTS_WITHIN);
              } else {
                strike();
              }
              next();
            });
  }

  /** The quiet end: what is wrong is mended, so that the run must come to its end. */
  private void end() {
    over = true;
    countdown = -1;
    crashAtOperation = -1;
    fullUntilNs = 0;
    world.trace("faults", "are over");
    world.network().mendAll();
    for (int slot = 0; slot < MOST_TRAINERS; slot++) {
      world.slowness(slot, 1);
      resume(slot);
      world.lookAtLifeline(slot);
    }
  }

  /** An event happened. */
  void afterEvent() {
    if (countdown >= 0 && isExchanging() && countdown-- == 0) {
      strike();
    }
  }

  private boolean isExchanging() {
    for (int slot = 0; slot < MOST_TRAINERS; slot++) {
      SimulatedTrainer trainer = world.trainer(slot);
      if (trainer != null && trainer.isExchanging()) {
        return true;
      }
    }
    return false;
  }

  private void strike() {
    int at = chance.below(weights);
    for (Kind kind : Kind.values()) {
      at -= kind.weight;
      if (at < 0) {
        world.trace("faults", kind.toString());
        if (strike(kind)) {
          counts.merge(kind, 1L, Long::sum);
        }
        return;
      }
    }
  }

  private boolean strike(Kind kind) {
    SimulatedTrainer victim = victim();
    if (victim == null) {
      return false;
    }
    switch (kind) {
      case CRASH -> world.crash(victim, "killed");
      case CRASH_TWO -> {
        world.crash(victim, "killed");
        SimulatedTrainer second = victim();
        if (second != null) {
          world.crash(second, "killed too");
        }
      }
      case SHORT_PAUSE -> pause(victim, chance.between(0, Scenario.SECOND));
      case LONG_PAUSE -> pause(victim, chance.between(Scenario.SECOND, 90 * Scenario.SECOND));
      case CUT_CONTROL -> {
        int machine = victim.machineNumber();
        if (chance.happens(0.5)) {
          cut(machine, COORDINATOR);
        } else {
          cut(COORDINATOR, machine);
        }
      }
      case CUT_EXCHANGE -> cut(victim.machineNumber(), 1 + chance.below(MOST_TRAINERS));
      case CUT_OFF -> cutOff(victim.machineNumber());
      case SLOW -> world.slowness(victim.slot(), 1 + chance.below(400) / 100.0);
      case JOIN -> {
        return join();
      }
      case LEAVE -> {
        return leave();
      }
      case CRASH_COORDINATOR -> world.crashCoordinator("killed");
      case POWER -> world.losePower();
      case STOP_RUN -> {
        SimulatedCoordinator of = world.coordinator();
        of.perform(() -> of.on(new RunEvent.StopRequested("somebody stops the run")));
      }
      case DISK_FULL ->
          fullUntilNs = world.nowNs() + chance.between(Scenario.SECOND, 30 * Scenario.SECOND);
      case CRASH_HOST -> crashHost(world.scenario().host(victim.slot()));
      case CRASH_IN_DISK -> crashAtOperation = world.realDisk().operations() + chance.below(60);
    }
    return true;
  }

  private SimulatedTrainer victim() {
    int first = chance.below(MOST_TRAINERS);
    for (int i = 0; i < MOST_TRAINERS; i++) {
      SimulatedTrainer trainer = world.trainer((first + i) % MOST_TRAINERS);
      if (trainer != null) {
        return trainer;
      }
    }
    return null;
  }

  private void pause(SimulatedTrainer victim, long durationNs) {
    victim.stop();
    world.trace(victim.name(), "is stopped for " + durationNs / 1e9 + " s");
    world.lookAtLifeline(victim.slot());
    world
        .events()
        .after(
            durationNs,
            () -> {
              if (world.trainer(victim.slot()) == victim) {
                resume(victim.slot());
                world.lookAtLifeline(victim.slot());
              }
            });
  }

  private void resume(int slot) {
    SimulatedTrainer trainer = world.trainer(slot);
    if (trainer != null && trainer.isStopped()) {
      world.trace(trainer.name(), "goes on");
      trainer.goOn();
    }
  }

  private void cut(int from, int to) {
    if (from == to) {
      return;
    }
    world.trace("network", "cut from " + from + " to " + to);
    world.network().cut(from, to);
    look(from, to);
    world
        .events()
        .after(
            chance.between(Scenario.SECOND / 20, 40 * Scenario.SECOND),
            () -> {
              world.network().mend(from, to);
              look(from, to);
            });
  }

  private void look(int from, int to) {
    if (to == COORDINATOR) {
      world.lookAtLifeline(from - 1);
    }
  }

  private void cutOff(int machine) {
    for (int other = 0; other <= MOST_TRAINERS; other++) {
      cut(machine, other);
      cut(other, machine);
    }
  }

  private boolean join() {
    for (int slot = world.scenario().trainers; slot < MOST_TRAINERS; slot++) {
      if (world.trainer(slot) == null) {
        world.launch(World.name(slot), world.nextIncarnation());
        return true;
      }
    }
    return false;
  }

  private boolean leave() {
    for (int slot = world.scenario().trainers; slot < MOST_TRAINERS; slot++) {
      SimulatedTrainer trainer = world.trainer(slot);
      if (trainer != null) {
        trainer.perform(() -> trainer.leave("somebody takes it away"));
        return true;
      }
    }
    return false;
  }

  private Outcome disk(Operation operation, long number) {
    if (number == crashAtOperation) {
      crashAtOperation = -1;
      return diskChance.happens(0.5) ? Outcome.CRASH_BEFORE : Outcome.CRASH_WITHIN;
    }
    boolean takes = operation == Operation.WRITE || operation == Operation.FOLDER;
    if (takes && world.nowNs() < fullUntilNs) {
      return Outcome.FAILS;
    }
    boolean fails = !over && diskChance.happens(world.scenario().diskTrouble);
    return fails ? Outcome.FAILS : Outcome.DONE;
  }
}
