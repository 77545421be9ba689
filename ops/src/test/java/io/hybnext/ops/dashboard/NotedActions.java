package io.hybnext.ops.dashboard;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Notes what it is asked to do, and says that it is done. Thread-safe. */
final class NotedActions implements RunActions {
  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  private final Set<String> refused;

  /** All actions can be asked for, but some are refused. */
  NotedActions(String... refused) {
    this.refused = Set.of(refused);
  }

  @Override
  public List<Offer> offers() {
    return NAMES.stream().map(name -> new Offer(name, true, "")).toList();
  }

  @Override
  public CompletionStage<Result> perform(String action, Map<String, String> about) {
    asked.add(action + about);
    boolean done = !refused.contains(action);
    return CompletableFuture.completedFuture(
        new Result(done, done ? action + " is done" : "it cannot be done now"));
  }

  /** Actions with what they are about, in order, such as {@code drain{trainer=trainer-0}}. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** What was asked for so far does not count. */
  void forget() {
    asked.clear();
  }
}
