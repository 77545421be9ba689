package io.hybnext.model.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformerConfigTest {
  @Test
  void shouldReadWhatItWrote() {
    for (String name : TransformerPresets.names()) {
      TransformerConfig preset = TransformerPresets.named(name);
      assertEquals(preset, TransformerJson.read(TransformerJson.write(preset)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"dim\": 65, \"n_head\": 4}",
        "{\"dim\": 24, \"n_head\": 4}",
        "{\"block_size\": 250}",
        "{\"n_layer\": 0}",
        "{\"n_head\": 32, \"n_kv_head\": 5}",
        "{\"token_dropout_p\": 1}",
        "{\"attn_dropout_p\": 0.1}",
        "{\"model_type\": \"t2x\"}",
        "{\"dims\": 64}",
        "{\"dim\": \"wide\"}",
        "[]"
      })
  void shouldRefuseImpossibleSizes(String json) throws JsonProcessingException {
    var tree = new ObjectMapper().readTree(json);
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> TransformerJson.read(tree));
    assertTrue(refused.getMessage().contains("want"), refused.getMessage());
  }

  @Test
  void shouldRefuseUnknownPresetsNamingTheKnownOnes() {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> TransformerPresets.named("huge"));
    assertTrue(refused.getMessage().contains("GPT-B"));
  }

  @Test
  void shouldLayParametersWithoutGapOrOverlap() {
    for (String name : TransformerPresets.names()) {
      TransformerConfig preset = TransformerPresets.named(name);
      ParameterLayout layout = TransformerLayout.of(preset).withProjector(preset.dim(), 512, true);
      assertEquals(preset.nLayer() + 3, layout.buckets().size());
      for (Bucket bucket : layout.buckets()) {
        int next = 0;
        boolean vectors = false;
        for (Parameter parameter : bucket.parameters()) {
          assertEquals(next, parameter.offset());
          next += parameter.length();
          assertTrue(!vectors || !parameter.matrix(), "matrices come first in " + bucket.name());
          vectors |= !parameter.matrix();
        }
        assertEquals(next, bucket.length());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FP32", "BF16"})
  void shouldLetWorkingWeightsFollowTheMasters(String precision) {
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    TransformerConfig config = TransformerPresets.named("tiny");
    ParameterLayout layout = TransformerLayout.of(config);
    try (ModelWeights weights = new ModelWeights(engine, layout, Precision.valueOf(precision))) {
      ByteBuffer master = weights.master(2);
      master.putFloat(8, 1.5f);
      weights.changed(2);
      assertEquals(1.5f, weights.working(2).toFloats()[2]);
      float[] norm = new float[64];
      norm[3] = -2;
      weights.set("norm.weight", norm);
      int offset = config.vocabSize() * 64;
      assertEquals(-2f, weights.working(4).toFloats()[offset + 3]);
      assertEquals(-2f, weights.parameter("norm.weight").getFloat(12));
      assertThrows(IllegalArgumentException.class, () -> weights.parameter("norm.bias"));
      assertThrows(IllegalArgumentException.class, () -> weights.set("norm.weight", new float[63]));
    }
  }
}
