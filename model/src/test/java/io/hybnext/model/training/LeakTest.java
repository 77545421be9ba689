package io.hybnext.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.transformer.TransformerPresets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Live arrays stay flat over 100 training steps. */
class LeakTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @ParameterizedTest
  @EnumSource(Precision.class)
  void shouldKeepNothingFromStepToStep(Precision precision) {
    TrainingConfig config =
        new TrainingConfig(
            TransformerPresets.named("tiny").withDropout(0.1),
            ArraConfig.standard(8),
            AdamWConfig.LLAMAGEN,
            LearningRate.constant(1e-3),
            precision,
            precision == Precision.BF16,
            1);
    try (ArraTraining training = new ArraTraining(engine, config)) {
      training.initialise();
      step(training, 0);
      int live = engine.liveArrays();
      int weights = training.weights().liveArrays();
      for (int step = 1; step <= 100; step++) {
        step(training, step);
        assertEquals(live, engine.liveArrays(), "live arrays after step " + step);
        assertEquals(weights, training.weights().liveArrays(), "weights after step " + step);
      }
    }
  }

  private static void step(ArraTraining training, int step) {
    TrainingBatch batch = ArraTrainingTest.batch(training, step, 1);
    training.forwardBackward(
        batch,
        (bucket, gradient) -> {
          int length = training.layout().buckets().get(bucket).length();
          training.update(bucket, 0, length, gradient, 1, step);
        });
    for (int bucket = 0; bucket < training.layout().buckets().size(); bucket++) {
      training.weights().changed(bucket);
    }
    if (step % 10 == 0) {
      training.evaluate(batch);
    }
  }
}
