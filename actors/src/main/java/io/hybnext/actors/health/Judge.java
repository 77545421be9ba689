package io.hybnext.actors.health;

import java.util.function.Consumer;

/** Concludes one kind of thing from signals. Times are of one clock that never goes back. */
interface Judge {

  /** Takes a signal. */
  void on(HealthSignal signal, long nowNs);

  /** Gives what is wrong at this moment, again and again for as long as it is. */
  void judge(long nowNs, Consumer<Condition> out);
}
