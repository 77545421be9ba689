package io.hybnext.ops.dashboard;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What operators can make a run do. Thread-safe. */
public interface RunActions {

  /**
   * Something that can be asked for.
   *
   * @param action its name in requests: pause, resume, drain, recall, checkpoint, rollback, retry
   * @param possible whether it can be done now
   * @param why a sentence when it cannot; else empty
   */
  record Offer(String action, boolean possible, String why) {}

  /**
   * What came of an action.
   *
   * @param done whether it was done
   * @param sentence how, or why not
   */
  record Result(boolean done, String sentence) {}

  /** All actions there are. */
  List<Offer> offers();

  /**
   * Does one.
   *
   * @param action its name
   * @param about values by name: {@code trainer} to drain or recall, {@code checkpoint} to roll
   *     back to
   * @return fails for defects only
   */
  CompletionStage<Result> perform(String action, Map<String, String> about);

  /** No action can be done, for a reason. */
  static RunActions none(String why) {
    return new RunActions() {
      @Override
      public List<Offer> offers() {
        return NAMES.stream().map(name -> new Offer(name, false, why)).toList();
      }

      @Override
      public CompletionStage<Result> perform(String action, Map<String, String> about) {
        return CompletableFuture.completedFuture(new Result(false, why));
      }
    };
  }

  /** Names of all actions, in the order in which the page shows them. */
  List<String> NAMES =
      List.of("pause", "resume", "checkpoint", "drain", "recall", "rollback", "retry");
}
