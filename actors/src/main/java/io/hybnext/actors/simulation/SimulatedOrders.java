package io.hybnext.actors.simulation;

import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.trainer.TrainerPlan;
import java.util.OptionalLong;

/**
 * What the coordinator tells a trainer: the half of the trainer's actor that listens, around the
 * same {@link TrainerPlan}.
 */
final class SimulatedOrders {
  private final World world;
  private final SimulatedTrainer trainer;
  private final TrainerPlan plan;
  private final SimulatedExchange exchange;
  private long announcedNs;

  SimulatedOrders(
      World world, SimulatedTrainer trainer, TrainerPlan plan, SimulatedExchange exchange) {
    this.world = world;
    this.trainer = trainer;
    this.plan = plan;
    this.exchange = exchange;
  }

  /** When the present generation was announced. */
  long announcedNs() {
    return announcedNs;
  }

  void obey(RunAction order) {
    if (order instanceof RunAction.Announce announce) {
      onAnnounce(announce);
    } else if (order instanceof RunAction.Proceed proceed) {
      onProceed(proceed);
    } else if (order instanceof RunAction.Hold hold) {
      onHold(hold);
    } else if (order instanceof RunAction.Abort abort) {
      onAbort(abort);
    } else if (order instanceof RunAction.RefuseTrainer refuse) {
      leave(refuse.reason());
    } else if (order instanceof RunAction.Dismiss dismiss) {
      leave(dismiss.reason());
    } else if (order instanceof RunAction.DismissAll dismiss) {
      leave(dismiss.reason());
    }
  }

  private void onAnnounce(RunAction.Announce order) {
    if (plan.announce(order.generation())) {
      announcedNs = world.nowNs();
      exchange.abort("generation " + order.generation().number() + " follows");
      trainer.news().told().announced(order.generation());
    }
  }

  private void onProceed(RunAction.Proceed order) {
    long number = order.generation().number();
    if (trainer.news().told().isSettledIn(number)) {
      trainer.news().told().confirm(order.committed());
    }
    plan.proceed(number, order.holds(), order.limit(), order.checkpoint());
  }

  private void onHold(RunAction.Hold order) {
    long number = order.generation().number();
    OptionalLong steps = plan.hold(number, order.holds());
    if (steps.isPresent()) {
      trainer
          .news()
          .post(new RunEvent.MemberHeld(trainer.name(), number, order.holds(), steps.getAsLong()));
    }
  }

  private void onAbort(RunAction.Abort order) {
    if (plan.abort(order.generation().number())) {
      exchange.abort(order.reason());
    }
    trainer.news().told().left(order.generation().number());
  }

  void leave(String reason) {
    plan.leave();
    exchange.abort(reason);
  }
}
