package io.hybnext.ops.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.streams.batch.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planned sizes of batches against real ones. */
class BatchShapesTest {
  private static final int CODES = 16;

  private static TrainingConfig config(String network) {
    Map<String, String> settings =
        Map.of(
            "model.network", network,
            "model.depth", "1",
            "model.width", "32",
            "model.heads", "2",
            "model.dropout", "0",
            "model.condition-dropout", "0");
    HybnextSettings defaults = HybnextSettings.load(HybnextSettings.Source.profile(""));
    return TrainingConfigs.of(defaults.with(settings), CODES, 64, 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llamagen", "chameleon", "kelix"})
  void shouldHaveTheSizesOfRealBatches(String network) {
    TrainingConfig config = config(network);
    String caption = "chest view ".repeat(60);
    int prompt = BatchShapes.longestPrompt(config.network());
    PassShape shape =
        BatchShapes.of(config.network(), config.arra().objective().positions(), 2, prompt);
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    try (SampleInputs inputs = SampleInputs.of(config.network());
        ModelWeights weights =
            new ModelWeights(engine, ArraTraining.layout(config), config.precision());
        Decoder decoder =
            config.network().open(engine, config.precision(), config.arra().objective());
        Scope scope = engine.openScope("test")) {
      Sample sample = new Sample(0, new int[64], caption, new float[8]);
      DecoderPass pass = decoder.pass(scope, inputs.of(List.of(sample, sample)), Noise.none(2));
      assertEquals(shape.positions(), pass.embed(BucketArrays.working(weights)).size(1));
      assertEquals(shape.aligned(), aligned(pass.aligned()));
      if (!network.equals("kelix")) { // counts the codes alone
        assertEquals(2L * shape.predicting(), pass.tokens());
      }
    }
  }

  private static long aligned(AlignedPositions positions) {
    return positions instanceof AlignedPositions.Range range
        ? range.count()
        : ((AlignedPositions.Rows) positions).flat().length / 2;
  }

  @Test
  void shouldRefuseAPromptThatLeavesNoRoom() {
    TrainingConfig config = config("chameleon");
    int longest = BatchShapes.longestPrompt(config.network());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            BatchShapes.of(
                config.network(), config.arra().objective().positions(), 1, longest + 1));
    assertEquals(Optional.empty(), config.start());
  }
}
