package io.hybnext.ops.management;

import io.hybnext.actors.cluster.WorkState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** Answers {@code /ready}: whether this process does its work. Made by Pekko Management. */
public final class Readiness implements Supplier<CompletionStage<Boolean>> {
  private final WorkState state;

  /** Called by Pekko Management. */
  public Readiness(ActorSystem system) {
    state = WorkState.get(Adapter.toTyped(system));
  }

  @Override
  public CompletionStage<Boolean> get() {
    return CompletableFuture.completedFuture(state.isAtWork());
  }
}
