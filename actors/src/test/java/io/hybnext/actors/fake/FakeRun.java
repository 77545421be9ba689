package io.hybnext.actors.fake;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.exchange.driver.MediaDriverProcess;
import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunSettings;
import java.nio.file.Path;
import java.time.Duration;

/** A whole run in a process of its own, to be killed with everything that it started. */
public final class FakeRun {
  /** Microshards of a step. */
  public static final int MICROSHARDS = 4;

  private FakeRun() {}

  /** Settings of a run below {@code folder}, which also names the driver's folder. */
  public static TrainingRunSettings settings(
      Path folder, Path aeron, int trainers, long steps, long every) {
    RunPlan plan =
        new RunPlan(
            trainers,
            1,
            MICROSHARDS,
            steps,
            every,
            3,
            folder.resolve("checkpoints").toString(),
            aeron.toString(),
            "aeron:ipc");
    RunIdentity identity = new RunIdentity(folder.toString(), "settings", "data", "test");
    return new TrainingRunSettings(
        new RunSettings(identity, plan, RunLimits.DEFAULTS),
        Endpoint.loopback(),
        folder.resolve("run.jsonl"),
        5);
  }

  /**
   * Arguments: folder, driver's folder, trainers, steps, steps between checkpoints; and any sixth
   * one when driver and trainers are somebody else's.
   */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(3));
    Path folder = Path.of(arguments[0]);
    Path aeron = Path.of(arguments[1]);
    int trainers = Integer.parseInt(arguments[2]);
    TrainingRunSettings settings =
        settings(
            folder, aeron, trainers, Long.parseLong(arguments[3]), Long.parseLong(arguments[4]));
    if (arguments.length > 5) {
      run(settings, TrainerLauncher.none());
    } else {
      try (MediaDriverProcess driver =
          MediaDriverProcess.start(
              MediaDriverProcess.javaCommand(aeron), aeron, Duration.ofSeconds(30))) {
        run(settings, FakeTrainer.launcher(trainers, MICROSHARDS, folder.resolve("logs")));
      }
    }
    System.exit(0);
  }

  private static void run(TrainingRunSettings settings, TrainerLauncher launcher)
      throws ClusterException {
    TrainingRun run = TrainingRun.start(settings, launcher, FakeRun::print);
    System.out.println("listens at " + run.endpoint());
    run.result().toCompletableFuture().join();
  }

  private static void print(ProgressEvent event) {
    if (event instanceof ProgressEvent.StepCommitted step) {
      System.out.println("step " + step.report().step());
    }
    if (event instanceof ProgressEvent.TrainerChanged changed
        && changed.state() == ProgressEvent.TrainerState.JOINED) {
      System.out.println("joined " + changed.detail());
    }
  }
}
