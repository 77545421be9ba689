package io.hybnext.ops.run;

import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.LeaderAddress;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A trainer that joined a run by itself: stays with the run. When the process that led it is lost
 * and the run is started again, which makes it another cluster, the trainer joins that one; of what
 * it held nothing is kept, since the run goes on from its newest checkpoint.
 */
public final class NodeService {
  private final RunFolder folder;
  private final HybnextSettings local;
  private final Clock clock;
  private final Consumer<String> notes;

  /**
   * Prepares it; nothing starts yet.
   *
   * @param folder of the run as this machine sees it
   * @param local settings of this machine, see {@link HybnextSettings#onMachineOf}
   * @param notes takes sentences for people
   */
  public NodeService(RunFolder folder, HybnextSettings local, Clock clock, Consumer<String> notes) {
    this.folder = folder;
    this.local = local;
    this.clock = clock;
    this.notes = notes;
  }

  /**
   * Trains until the run ends, or this trainer is asked to leave.
   *
   * @param coordinator where to join, {@code host:port}
   * @param leave when it completes, with the reason, the others go on without it and it ends
   * @throws CommandFailure with a sentence when it has to give up
   */
  public void run(String trainer, String coordinator, CompletionStage<String> leave)
      throws InterruptedException {
    Optional<Endpoint> next = train(trainer, coordinator, leave);
    while (next.isPresent()) {
      notes.accept(trainer + " joins the run again, which was started anew at " + next.get());
      next = train(trainer, next.get().toString(), leave);
    }
  }

  private Optional<Endpoint> train(
      String trainer, String coordinator, CompletionStage<String> leave)
      throws InterruptedException {
    try (TrainerProcess process = TrainerProcess.joining(folder, local)) {
      return process.train(trainer, clock.millis(), coordinator, leave, leader());
    }
  }

  private LeaderAddress leader() {
    List<String> seeds = local.cluster().seedNodes();
    if (!seeds.isEmpty()) {
      return () -> Optional.of(Endpoint.parse(seeds.get(0)));
    }
    return local.cluster().bootstrap().isOn() ? LeaderAddress.NONE : this::noted;
  }

  private Optional<Endpoint> noted() {
    try {
      return Optional.of(folder.coordinator()).filter(at -> !at.isEmpty()).map(Endpoint::parse);
    } catch (IOException | IllegalArgumentException half) {
      return Optional.empty(); // it is being written
    }
  }
}
