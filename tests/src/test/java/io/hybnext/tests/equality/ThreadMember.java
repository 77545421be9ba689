package io.hybnext.tests.equality;

import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainerNode;
import io.hybnext.actors.exchange.AeronClient;
import io.hybnext.actors.exchange.AeronStepExchange;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.trainer.TrainerFactory;
import io.hybnext.ops.wiring.ModelTrainStep;
import io.hybnext.streams.batch.BatchSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A trainer on threads of this process: an actor system of its own in the run's cluster, a model,
 * data and a connection to the media driver of its own.
 */
final class ThreadMember implements TrainerFactory {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TERM_BYTES = 1 << 18;

  private final String name;
  private final long incarnation;
  private final TrainingInputs inputs;
  private final Path folder;
  private final Trouble trouble = new Trouble();
  private final AeronClient aeron = new AeronClient();
  private Thread thread;

  /**
   * Prepares it; nothing runs yet.
   *
   * @param incarnation tells it from others of that name
   * @param folder of its run
   */
  ThreadMember(String name, long incarnation, TrainingInputs inputs, Path folder) {
    this.name = name;
    this.incarnation = incarnation;
    this.inputs = inputs;
    this.folder = folder;
  }

  /**
   * Joins and trains until the run ends or trouble comes.
   *
   * @param coordinator where the run's cluster is joined
   * @param onEnd told why it ended, as a sentence
   */
  void start(Endpoint coordinator, Consumer<String> onEnd) {
    TrainerNode.Settings settings =
        new TrainerNode.Settings(
            name, incarnation, coordinator, Endpoint.loopback(), folder, PATIENCE);
    thread = new Thread(() -> onEnd.accept(name + " ended: " + train(settings)), "node-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private String train(TrainerNode.Settings settings) {
    try {
      return TrainerNode.run(settings, this);
    } catch (ClusterException | InterruptedException e) {
      return e.toString();
    } finally {
      aeron.close();
    }
  }

  long incarnation() {
    return incarnation;
  }

  Trouble trouble() {
    return trouble;
  }

  /** Waits for its end, not for ever. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    thread.join(limit.toMillis());
    return !thread.isAlive();
  }

  @Override
  public TrainStep openTrainStep() {
    return new TroubledTrainStep(new ModelTrainStep(inputs.engine(), inputs.config()), trouble);
  }

  @Override
  public BatchSource openBatches() {
    return inputs.batches(folder);
  }

  @Override
  public StepExchange openExchange(Generation generation, String trainer, BucketLayout layout) {
    ExchangeSettings settings = ExchangeSettings.defaults().withTermLength(TERM_BYTES);
    return AeronStepExchange.open(generation, trainer, layout, settings, aeron);
  }
}
