package io.hybnext.actors.launch;

import io.hybnext.actors.run.ProgressEvent.DriverStarted;
import java.util.Optional;
import java.util.function.Consumer;

/** Sees to it that the members of a run on this machine can exchange gradients. */
@FunctionalInterface
public interface ExchangeHost {

  /**
   * Called before every generation, one call at a time; may take seconds.
   *
   * @param members number of trainers that will exchange
   * @param onLost told in one sentence, at most once a start, when the exchange broke down
   * @return what was started, if anything
   * @throws io.hybnext.actors.exchange.ExchangeException with a sentence when they cannot
   */
  Optional<DriverStarted> prepare(int members, Consumer<String> onLost);

  /** For runs whose media driver is somebody else's. */
  static ExchangeHost none() {
    return (members, onLost) -> Optional.empty();
  }
}
