package io.hybnext.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.encoder.EncoderConfig;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.qwen.QwenConfig;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.transformer.TransformerJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Found by fuzzing: a damaged number in a configuration asked for all memory. */
class SizeLimitsTest {
  private static final Map<String, Function<JsonNode, ?>> READERS =
      Map.of(
          "llamagen-c2i", TransformerJson::read,
          "llamagen-vq", VqConfig::fromJson,
          "chameleon-arra", ChameleonJson::read,
          "chameleon-vq", VqConfig::fromJson,
          "qwen3-backbone", QwenConfig::fromJson,
          "kelix-nbp", NbpConfig::fromJson,
          "kelix-tok", json -> KelixTokConfig.fromJson(json.path("tokenizer_config")));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "llamagen-c2i, '', n_layer",
    "llamagen-c2i, '', vocab_size",
    "llamagen-vq, '', _num_res_blocks",
    "chameleon-arra, '', num_hidden_layers",
    "chameleon-arra, '', intermediate_size",
    "chameleon-arra, '', vocab_size",
    "chameleon-vq, ddconfig, num_res_blocks",
    "qwen3-backbone, '', num_hidden_layers",
    "kelix-nbp, qwen_config, num_layers",
    "kelix-nbp, token_decoder_config, num_layers",
    "kelix-tok, tokenizer_config.vision_config, num_hidden_layers",
    "kelix-tok, tokenizer_config, codebook_size"
  })
  void shouldRefuseASizeThatNoNetworkHas(String name, String section, String key)
      throws IOException {
    Path golden = Path.of(System.getProperty("hybnext.root", "..")).resolve("tests/golden");
    JsonNode json =
        new ObjectMapper().readTree(golden.resolve(name).resolve("config.json").toFile());
    assertNotNull(READERS.get(name).apply(json));
    JsonNode target = json;
    for (String part : section.isEmpty() ? new String[0] : section.split("\\.")) {
      target = target.path(part);
    }
    assertTrue(target.has(key), target + " " + key);
    ((ObjectNode) target).put(key, 2_147_483_640);
    String message =
        assertThrows(IllegalArgumentException.class, () -> READERS.get(name).apply(json))
            .getMessage();
    assertTrue(message.contains("2147483640") && message.contains("want"), message);
  }

  @Test
  void shouldRefuseAnEncoderWithoutSizes() throws IOException {
    for (String text :
        List.of(
            "{}",
            "{\"kind\":\"PLAIN\",\"image_size\":128,\"pool_before\":1,\"patch\":1,\"widths\":[null],"
                + "\"blocks\":1,\"groups\":8,\"feature_dim\":64}",
            "{\"kind\":\"RESIDUAL\",\"image_size\":0,\"pool_before\":0,\"patch\":0,\"widths\":[8],"
                + "\"blocks\":1,\"groups\":0,\"feature_dim\":64}")) {
      Path file = Files.writeString(folder.resolve("config.json"), text);
      String message = assertThrows(IOException.class, () -> EncoderConfig.read(file)).getMessage();
      assertTrue(message.contains("encoder: want"), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void shouldRefuseMoreParametersThanAnArrayHolds() {
    FlatLayout layout = new FlatLayout();
    layout.linear("first", 40_000, 40_000);
    String message =
        assertThrows(IllegalArgumentException.class, () -> layout.linear("second", 40_000, 40_000))
            .getMessage();
    assertTrue(message.contains("too large: with second.weight[40000, 40000]"), message);
  }
}
