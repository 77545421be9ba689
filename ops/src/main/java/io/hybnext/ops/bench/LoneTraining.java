package io.hybnext.ops.bench;

import io.hybnext.actors.exchange.AeronStepExchange;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.HeldState;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.wiring.ModelTrainStep;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.BatchSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A run of one member in this process, on the calling thread, with the steps of a real one. */
final class LoneTraining implements AutoCloseable {
  private static final String NAME = "trainer-0";

  private final ModelTrainStep trainStep;
  private final BatchSource batches;
  private final StepExchange exchange;
  private final int microshards;

  /**
   * Where a training begins.
   *
   * @param step number of steps done
   * @param checkpoint that holds their result; null for step 0
   */
  record Start(long step, Path checkpoint) {
    /** From nothing. */
    static final Start NOTHING = new Start(0, null);
  }

  /**
   * Prepares the first step.
   *
   * @param batches of the run; closed with this
   */
  LoneTraining(
      TorchEngine engine, TrainingConfig config, BatchSource batches, int microshards, Start start)
      throws IOException {
    this.batches = batches;
    this.microshards = microshards;
    trainStep = new ModelTrainStep(engine, config);
    if (start.checkpoint() == null) {
      trainStep.initialise();
    } else {
      trainStep.restore(start.checkpoint());
    }
    Member member = new Member(NAME, 1, 0, new MicroshardRange(0, microshards));
    Generation alone = new Generation("lone", 1, List.of(member), 0, "", "", "aeron:ipc");
    exchange = AeronStepExchange.open(alone, NAME, trainStep.layout(), ExchangeSettings.defaults());
    HeldState held = new HeldState(trainStep.layout());
    held.reset(start.step());
    exchange.settle(trainStep, held);
  }

  /** Does the steps from {@code from} to before {@code end}. */
  void run(long from, long end) {
    for (long step = from; step < end; step++) {
      exchange.begin(step);
      for (int microshard = 0; microshard < microshards; microshard++) {
        Batch batch = batches.batch(step, microshard).toCompletableFuture().join();
        int number = microshard;
        exchange.addLoss(
            microshard,
            trainStep.forwardBackward(
                batch, (bucket, gradient) -> exchange.add(number, bucket, gradient)));
      }
      exchange.finish(trainStep);
    }
  }

  /** Writes a checkpoint's files into a new folder. */
  Path save(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (TrainStep.CheckpointPart part = trainStep.capture(exchange.owned(), 0, 1)) {
      part.write(folder);
    }
    return folder;
  }

  @Override
  public void close() {
    exchange.close();
    trainStep.close();
    batches.close();
  }
}
