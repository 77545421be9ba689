package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.HybnextSettings.Source;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.bench.ContinualBenchmark.Arm;
import io.hybnext.ops.bench.ContinualBenchmark.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Real X-rays of three collections, one after the other, as a mosaic of few greys, and a tiny
 * network: what takes minutes with a VQ tokenizer takes seconds.
 */
class ContinualBenchmarkTest {
  private static final int IMAGES = 120;
  private static final int STEPS = 30;

  private static HybnextSettings settings() {
    Map<String, String> tiny =
        Map.ofEntries(
            Map.entry("model.depth", "1"),
            Map.entry("model.width", "64"),
            Map.entry("model.heads", "2"),
            Map.entry("training.steps", "1000"),
            Map.entry("training.microshards", "1"),
            Map.entry("trainers.count", "1"),
            Map.entry("optimiser.learning-rate", "2e-3"),
            Map.entry("optimiser.warmup-steps", "10"),
            Map.entry("data.mixing.new-steps", Integer.toString(STEPS)));
    return HybnextSettings.load(new Source("demo", null, tiny, Path.of("")));
  }

  @Test
  void shouldLearnNewCollectionsAndForgetLessOfTheFirstThanNaiveFineTuning() throws Exception {
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    Result result =
        new ContinualBenchmark(engine, settings(), IMAGES, STEPS)
            .run(new CoarseNetworks.Tokenizer(), new CoarseNetworks.Encoder());
    String told = result.figures().toString();
    assertEquals(List.of(IMAGES, 2 * IMAGES, 3 * IMAGES), result.items());
    Arm mixed = result.mixed();
    Arm naive = result.naive();
    assertTrue(mixed.adaptation(1) > 0.05 && mixed.adaptation(2) > 0.05, told);
    assertTrue(mixed.forgetting() < 0.02, told);
    assertTrue(naive.forgetting() > mixed.forgetting() + 0.03, told);
  }
}
