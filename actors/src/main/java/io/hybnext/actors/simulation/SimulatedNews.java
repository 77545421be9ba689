package io.hybnext.actors.simulation;

import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.trainer.TrainerNews;

/**
 * What a trainer tells the coordinator: the half of the trainer's actor that speaks, as events,
 * around the same {@link TrainerNews}.
 */
final class SimulatedNews {
  private static final long BEAT_NS = 2 * Scenario.SECOND;

  private final World world;
  private final SimulatedTrainer trainer;
  private final TrainerNews<RunEvent> told = new TrainerNews<>();
  private long stepGeneration;

  SimulatedNews(World world, SimulatedTrainer trainer) {
    this.world = world;
    this.trainer = trainer;
  }

  /** What is told again. */
  TrainerNews<RunEvent> told() {
    return told;
  }

  /** Says all of it, now and every two seconds. */
  void beat() {
    String name = trainer.name();
    String host = world.scenario().host(trainer.slot());
    post(
        new RunEvent.TrainerJoined(
            name, trainer.incarnation(), "simulated", host, told.position()));
    told.repeats().forEach(this::post);
    for (StepReport report : told.unconfirmed()) {
      post(new RunEvent.StepReported(name, stepGeneration, report));
    }
    trainer.after(BEAT_NS, this::beat);
  }

  /** Says something that is said again. */
  void tell(RunEvent event) {
    told.add(event);
    post(event);
  }

  /** Says that a step is done. */
  void tell(long generation, StepReport report) {
    stepGeneration = generation;
    told.add(report);
    post(new RunEvent.StepReported(trainer.name(), generation, report));
  }

  /** Says something once. */
  void post(RunEvent event) {
    world.toCoordinator(trainer, event);
  }
}
