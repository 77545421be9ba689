package io.hybnext.ops.bench;

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
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.run.TrainerProcess;
import io.hybnext.ops.wiring.ModelTrainStep;
import io.hybnext.streams.batch.BatchSource;
import java.nio.file.Path;
import java.time.Duration;

/** A trainer process of {@link StepBenchmark}: the real train step and exchange, random data. */
public final class BenchTrainer implements TrainerFactory {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final StepBenchSettings settings;
  private final int number;
  private final AeronClient aeron = new AeronClient(); // ends with the process

  /**
   * Prepares the process.
   *
   * @param number of this trainer, from 0: picks its GPU
   */
  public BenchTrainer(StepBenchSettings settings, int number) {
    this.settings = settings;
    this.number = number;
  }

  /**
   * Joins and trains until the benchmark ends.
   *
   * @throws io.hybnext.ops.cli.CommandFailure with a sentence when it has to give up
   */
  public void train(String trainer, long incarnation, String coordinator)
      throws InterruptedException {
    TrainerProcess.join(
        new TrainerNode.Settings(
            trainer,
            incarnation,
            Endpoint.parse(coordinator),
            Endpoint.loopback(),
            Path.of(System.getProperty("java.io.tmpdir")),
            PATIENCE),
        this);
  }

  @Override
  public TrainStep openTrainStep() {
    ComputeDevice device = ComputeDevice.parse(settings.device()).forProcess(number);
    return new ModelTrainStep(TorchEngine.start(device, settings.threads()), settings.training());
  }

  @Override
  public BatchSource openBatches() {
    return new RandomBatches(settings.network(), settings.batch());
  }

  @Override
  public StepExchange openExchange(Generation generation, String trainer, BucketLayout layout) {
    return AeronStepExchange.open(generation, trainer, layout, ExchangeSettings.defaults(), aeron);
  }
}
