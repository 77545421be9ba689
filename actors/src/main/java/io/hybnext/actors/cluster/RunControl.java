package io.hybnext.actors.cluster;

import io.hybnext.actors.run.RunOrder;
import java.util.concurrent.CompletionStage;

/** Where operators order a run that goes on, in the process that leads it. Thread-safe. */
@FunctionalInterface
public interface RunControl {

  /**
   * Gives an order.
   *
   * @return what became of it: after steps, checkpoints or processes have come to their end, which
   *     may take seconds; at the latest when the run ends. Never fails
   */
  CompletionStage<RunAnswer> order(RunOrder order);
}
