package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.ExchangeMachine;
import io.hybnext.actors.exchange.ExchangeMachine.Phase;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.RunEvent;
import java.util.List;

/**
 * A trainer's exchange with the others in a generation: the shell that waits in a real one, as
 * events, around the same {@link ExchangeMachine}.
 */
final class SimulatedExchange {
  private static final int DUTY_CYCLES = 100_000;
  private static final long TELL_NS = Scenario.SECOND / 2; // that nothing moves

  private final World world;
  private final SimulatedTrainer trainer;
  private Generation generation;
  private SimulatedLinks links; // null while it is alone, or in no generation
  private ExchangeMachine machine; // null while it is in no generation
  private boolean watched;
  private long waitsSinceNs;
  private long movedNs;

  SimulatedExchange(World world, SimulatedTrainer trainer) {
    this.world = world;
    this.trainer = trainer;
  }

  /** Opens its ways to the other members. */
  void open(Generation next) {
    generation = next;
    links = next.worldSize() == 1 ? null : world.open(next, trainer);
    machine = world.machine(next, trainer, links);
  }

  void close() {
    if (machine != null) {
      machine.close();
      machine = null;
      links = null;
    }
  }

  void abort(String reason) {
    if (machine != null) {
      machine.abort(reason);
    }
  }

  /** What the present generation's members do together. */
  ExchangeMachine machine() {
    return machine;
  }

  /** Whether it takes part in a step just now, not in a settlement. */
  boolean isInStep() {
    return machine != null && machine.phase() == Phase.GATHER;
  }

  /** When the next message arrives; the largest number for never. */
  long nextArrivalNs() {
    return links == null ? Long.MAX_VALUE : links.nextArrivalNs();
  }

  /** Its process is dead: the others' links tell them from this time on. */
  void announceDeath(long timeNs) {
    if (links != null) {
      links.announceDeath(timeNs);
    }
  }

  /** Lets it work, as long as there is something to do; returns whether it is done. */
  boolean advance(long step) {
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
      if (moved > 0 || now != before) {
        movedNs = world.nowNs();
      } else {
        machine.checkWaiting(waitsSinceNs, world.exchangeSettings().silenceLimit());
        return false;
      }
      if (now != before) {
        waitsSinceNs = world.nowNs();
      }
    }
    throw new IllegalStateException(trainer.describe() + ": never stops being busy");
  }

  /** From now on it waits for others. */
  void startWaiting() {
    waitsSinceNs = world.nowNs();
    movedNs = waitsSinceNs;
    watch();
  }

  /** The shell of a real trainer looks all the time; here it is enough to look now and then. */
  private void watch() {
    if (!watched) {
      watched = true;
      trainer.after(TELL_NS, this::look);
    }
  }

  private void look() {
    watched = false;
    if (trainer.isExchanging()) {
      trainer.onGoOn();
    }
    if (trainer.isExchanging()) {
      long stalledMs = (world.nowNs() - movedNs) / 1_000_000;
      if (stalledMs > 0) {
        trainer.news().post(waits(stalledMs));
      }
      watch();
    }
  }

  private RunEvent waits(long stalledMs) {
    List<String> members =
        generation.members().stream()
            .filter(of -> !of.trainer().equals(trainer.name()) && machine.owes(of.rank()))
            .map(Member::trainer)
            .toList();
    return new RunEvent.MemberWaits(trainer.name(), generation.number(), members, stalledMs);
  }

  /** What it does, for people. */
  String describe() {
    return machine == null ? "no exchange" : machine.phase() + " waits for " + machine.waitsFor();
  }
}
