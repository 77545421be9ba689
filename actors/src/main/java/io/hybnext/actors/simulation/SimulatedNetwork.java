package io.hybnext.actors.simulation;

import io.hybnext.actors.membership.Generation;
import java.util.HashMap;
import java.util.Map;

/**
 * What lies between the machines of a simulation. Messages to and from the coordinator take their
 * time, and may be lost, come twice or overtake each other. The ways of the exchange keep their
 * promise of order and completeness, but not that of speed. Either may be cut one way or both.
 * Machine 0 is the coordinator's, trainers follow.
 */
final class SimulatedNetwork {
  private static final int MACHINES = Faults.MOST_TRAINERS + 1;
  private static final long SLOW_FACTOR = 40;

  private final EventQueue events;
  private final Scenario scenario;
  private final Chance mail;
  private final Chance ways;
  private final boolean[] cut = new boolean[MACHINES * MACHINES];
  private final Map<Long, SimulatedLinks[]> generations = new HashMap<>();
  private boolean faultless;

  SimulatedNetwork(EventQueue events, Scenario scenario) {
    this.events = events;
    this.scenario = scenario;
    mail = new Chance(scenario.seed, 101);
    ways = new Chance(scenario.seed, 102);
  }

  /** From now on nothing is lost. */
  void mendAll() {
    faultless = true;
    for (int from = 0; from < MACHINES; from++) {
      for (int to = 0; to < MACHINES; to++) {
        mend(from, to);
      }
    }
  }

  /** Nothing gets from a machine to another any more. */
  void cut(int from, int to) {
    cut[from * MACHINES + to] = true;
  }

  /** A way works again. */
  void mend(int from, int to) {
    if (!isCut(from, to)) {
      return;
    }
    cut[from * MACHINES + to] = false;
    for (SimulatedLinks[] members : generations.values()) {
      for (SimulatedLinks links : members) {
        if (links != null && links.machine() == to) {
          links.mend(from, wayNs());
        }
      }
    }
  }

  boolean isCut(int from, int to) {
    return cut[from * MACHINES + to];
  }

  /** Carries a message of the control plane, perhaps. */
  void post(int from, int to, Runnable delivery) {
    if (isCut(from, to) || (!faultless && mail.happens(scenario.mailLoss))) {
      return;
    }
    deliver(delivery);
    if (!faultless && mail.happens(scenario.mailTwice)) {
      deliver(delivery);
    }
  }

  private void deliver(Runnable delivery) {
    boolean slow = !faultless && mail.happens(0.01);
    long delayNs = scenario.mailNs / 2 + mail.waitNs(scenario.mailNs / 2.0);
    events.after(slow ? delayNs * SLOW_FACTOR : delayNs, delivery);
  }

  /** How long the next message of the exchange takes. */
  long wayNs() {
    return ways.happens(0.002) ? scenario.wayNs * SLOW_FACTOR : scenario.wayNs;
  }

  /** Opens a member's ends of a generation's ways. */
  SimulatedLinks open(Generation generation, SimulatedTrainer trainer, int[] machines) {
    SimulatedLinks[] members =
        generations.computeIfAbsent(
            generation.number(), number -> new SimulatedLinks[generation.worldSize()]);
    int rank = generation.member(trainer.name()).rank();
    SimulatedLinks links = new SimulatedLinks(this, events, members, rank, trainer, machines);
    members[rank] = links;
    return links;
  }

  /** Forgets a generation's ways when the last of its members has closed its ends. */
  void tidy() {
    generations
        .values()
        .removeIf(
            members -> {
              for (SimulatedLinks links : members) {
                if (links != null && !links.isGone()) {
                  return false;
                }
              }
              return true;
            });
  }
}
