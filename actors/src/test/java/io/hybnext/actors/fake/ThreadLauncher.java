package io.hybnext.actors.fake;

import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainerNode;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.trainer.TrainerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Runs trainers as actor systems on threads of this JVM. */
public final class ThreadLauncher implements TrainerLauncher {
  private final List<String> trainers;
  private final Function<String, TrainerFactory> factories;
  private final Map<String, Thread> running = new ConcurrentHashMap<>();

  /** Creates the launcher; {@code factories} gives each trainer's own, by name. */
  public ThreadLauncher(List<String> trainers, Function<String, TrainerFactory> factories) {
    this.trainers = List.copyOf(trainers);
    this.factories = factories;
  }

  @Override
  public List<String> trainers() {
    return trainers;
  }

  @Override
  public void start(String trainer, long incarnation, String coordinator, ExitListener onExit) {
    var settings =
        new TrainerNode.Settings(
            trainer,
            incarnation,
            Endpoint.parse(coordinator),
            Endpoint.loopback(),
            Path.of(System.getProperty("java.io.tmpdir")),
            Duration.ofMinutes(1));
    Thread thread =
        new Thread(
            () -> {
              String reason;
              try {
                reason = TrainerNode.run(settings, factories.apply(trainer));
              } catch (ClusterException | InterruptedException e) {
                reason = e.toString();
              }
              running.remove(trainer);
              onExit.exited(trainer, incarnation, trainer + " ended: " + reason);
            },
            "node-" + trainer);
    running.put(trainer, thread);
    thread.start();
  }

  @Override
  public void kill(String trainer, long incarnation) {}

  @Override
  public boolean awaitExit(Duration time) throws InterruptedException {
    for (Thread thread : running.values()) {
      thread.join(time.toMillis());
    }
    return running.isEmpty();
  }

  @Override
  public void close() {}
}
