package io.hybnext.ops.intake;

import com.typesafe.config.ConfigFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** An actor system of this process alone, to run streams on; no cluster, no ports. */
public final class StreamSystem implements AutoCloseable {
  private static final String SETTINGS =
      """
      pekko {
        fail-mixed-versions = off # as in cluster.conf
        stdout-loglevel = "OFF"
        loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
        logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
        actor.provider = local
        actor.default-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 4 }
        coordinated-shutdown.run-by-jvm-shutdown-hook = off
        jvm-exit-on-fatal-error = off
      }
      """;

  private final ActorSystem<Void> system;

  /** Starts the system. */
  public StreamSystem(String name) {
    system =
        ActorSystem.create(
            Behaviors.empty(),
            name,
            ConfigFactory.parseString(SETTINGS).withFallback(ConfigFactory.load()));
  }

  /** For running streams. */
  public ActorSystem<Void> system() {
    return system;
  }

  /** Stops every stream and waits for it. */
  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("the streams did not stop within 30 s", e);
    }
  }
}
