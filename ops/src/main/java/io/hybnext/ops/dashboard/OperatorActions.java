package io.hybnext.ops.dashboard;

import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.run.RunOrder;
import io.hybnext.ops.gate.CheckpointChoice;
import io.hybnext.ops.run.LiveRun;
import io.hybnext.ops.run.RunFolder;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The actions of a run's page: orders to the run that this process leads, a choice among the
 * checkpoints of its folder, and another try of what was put aside.
 */
final class OperatorActions implements RunActions {
  private static final Pattern CHECKPOINT = Pattern.compile("step-(\\d{8,12})");
  private static final String NOT_LED = "No run goes on in this process.";

  private final LiveRun live;
  private final CheckpointChoice checkpoints;
  private final RunFolder folder;
  private final QuarantineRetry retry;

  /**
   * For the folder of a run.
   *
   * @param live the run, while it goes on here
   */
  OperatorActions(LiveRun live, RunFolder folder, Clock clock) {
    this.live = live;
    this.folder = folder;
    checkpoints = new CheckpointChoice(folder, clock);
    retry = new QuarantineRetry(folder);
  }

  @Override
  public List<Offer> offers() {
    boolean led = live.now().isPresent();
    return NAMES.stream().map(name -> offer(name, led)).toList();
  }

  private Offer offer(String name, boolean led) {
    String why =
        switch (name) {
          case "rollback" -> folder.isRun() ? "" : "The run has not begun.";
          case "retry" -> retry.obstacle();
          default -> led ? "" : NOT_LED;
        };
    return new Offer(name, why.isEmpty(), why);
  }

  @Override
  public CompletionStage<Result> perform(String action, Map<String, String> about) {
    return switch (action) {
      case "pause" -> order(new RunOrder.Pause("an operator asked for it"));
      case "resume" -> order(new RunOrder.Resume());
      case "checkpoint" -> order(new RunOrder.Checkpoint());
      case "drain" -> order(new RunOrder.Drain(about.getOrDefault("trainer", "")));
      case "recall" -> order(new RunOrder.Recall(about.getOrDefault("trainer", "")));
      case "rollback" -> CompletableFuture.supplyAsync(() -> rollBack(about));
      case "retry" -> retry.begin();
      default -> done(false, "there is no such action");
    };
  }

  private CompletionStage<Result> order(RunOrder order) {
    Optional<TrainingRun> run = live.now();
    return run.isEmpty()
        ? done(false, NOT_LED)
        : run.get()
            .control()
            .order(order)
            .thenApply(answer -> new Result(answer.done(), answer.sentence()));
  }

  private Result rollBack(Map<String, String> about) {
    Matcher name = CHECKPOINT.matcher(about.getOrDefault("checkpoint", ""));
    if (!name.matches()) {
      return new Result(false, "want the name of a checkpoint, such as step-00000400");
    }
    try {
      checkpoints.use(Long.parseLong(name.group(1)));
      return new Result(true, name.group() + " is the current checkpoint now");
    } catch (io.hybnext.ops.cli.CommandFailure refused) {
      return new Result(false, refused.getMessage());
    }
  }

  private static CompletionStage<Result> done(boolean done, String sentence) {
    return CompletableFuture.completedFuture(new Result(done, sentence));
  }
}
