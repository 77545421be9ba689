package io.hybnext.model.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.metrics.ClipScore;
import io.hybnext.model.text.TextTokenizer;
import io.hybnext.model.tower.BertKeys;
import io.hybnext.model.tower.BertTower;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole BioMedCLIP of open_clip in one folder, made of the two reference cases. */
class ClipModelTest {
  private static final Path GOLDEN = Path.of(System.getProperty("hybnext.root"), "tests", "golden");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  @TempDir Path folder;

  @BeforeEach
  void joinCases() throws IOException {
    ObjectNode config = config("encoder-biomedclip").path("open_clip").deepCopy();
    JsonNode text = config("encoder-biomedclip-text").path("open_clip");
    ((ObjectNode) config.path("model_cfg")).set("text_cfg", text.at("/model_cfg/text_cfg"));
    config.set("_text", text.path("_text"));
    Files.writeString(folder.resolve("open_clip_config.json"), config.toString());
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : List.of("encoder-biomedclip", "encoder-biomedclip-text")) {
      try (SafetensorsFile file =
          SafetensorsFile.open(GOLDEN.resolve(name + "/model.safetensors"))) {
        for (String key : file.names()) {
          writer.floats(key, file.floats(key), file.entry(key).shape());
        }
      }
    }
    writer.write(folder.resolve("open_clip_model.safetensors"));
    try (InputStream in = TextTokenizer.class.getResourceAsStream("tokenizer.json")) {
      Files.write(folder.resolve("tokenizer.json"), in.readAllBytes());
    }
  }

  private static JsonNode config(String name) throws IOException {
    return JSON.readTree(GOLDEN.resolve(name + "/config.json").toFile());
  }

  @Test
  void shouldEmbedImagesAndTextsIntoOneSpace() throws IOException {
    try (ClipModel clip = ClipModel.open(engine, folder)) {
      Image image = new Image(64, 64, 3, new byte[64 * 64 * 3]);
      double[][] images = clip.images().encode(List.of(image, image), 2);
      double[][] texts = clip.texts().encode(List.of("normal chest", "card"));
      double score = ClipScore.meanCosine(images, texts);
      assertTrue(score > -1 && score < 1, "score " + score);
      assertEquals(32, texts[0].length);
    }
  }

  @Test
  void shouldEmbedATextAsTheTowerEmbedsItsTokens() throws IOException {
    try (TextEncoder encoder = TextEncoder.open(engine, folder);
        Scope scope = engine.openScope("test");
        SafetensorsFile file = SafetensorsFile.open(folder.resolve("open_clip_model.safetensors"));
        BertTower tower =
            BertTower.load(
                engine,
                TowerJson.openClipText(
                    JSON.readTree(folder.resolve("open_clip_config.json").toFile())),
                BertKeys.OPEN_CLIP,
                file,
                Precision.FP32)) {
      Array ids = scope.longs(new long[] {2, 5, 6, 7, 8, 3}, 1, 6);
      float[] expected = tower.embedding(scope, tower.tokens(scope, ids)).toFloats();
      double[][] rows = encoder.encode(List.of("no", "chest x-ray", "the heart size is normal."));
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], rows[1][i], 1e-5, "padding of the batch takes no part");
      }
      assertArrayEquals(rows[2], encoder.encode(List.of("The heart size is normal."))[0], 1e-5);
    }
  }

  @Test
  void shouldRefuseATokenizerOfAnotherModel() throws IOException {
    Path config = folder.resolve("open_clip_config.json");
    ObjectNode json = (ObjectNode) JSON.readTree(config.toFile());
    ((ObjectNode) json.path("_text")).put("vocab_size", 20);
    Files.writeString(config, json.toString());
    String misfit =
        assertThrows(IOException.class, () -> TextEncoder.open(engine, folder)).getMessage();
    assertTrue(misfit.contains("text.transformer.embeddings.word_embeddings.weight"), misfit);
    joinCases();
    Path tokenizer = folder.resolve("tokenizer.json");
    Files.writeString(
        tokenizer, Files.readString(tokenizer).replaceAll("\"normal\": 9", "\"normal\": 90"));
    try (TextEncoder encoder = TextEncoder.open(engine, folder)) {
      String beyond =
          assertThrows(IllegalArgumentException.class, () -> encoder.encode(List.of("normal")))
              .getMessage();
      assertTrue(beyond.contains("token 90, the text tower knows 60"), beyond);
    }
  }

  @Test
  void shouldSayWhatAFolderLacks() throws IOException {
    Files.writeString(folder.resolve("hybnext.json"), "{\"aggregation\": \"patch-mean\"}");
    assertRefused("meet in the projection of the class token only");
    Files.delete(folder.resolve("tokenizer.json"));
    assertRefused("tokenizer.json is missing");
    Files.delete(folder.resolve("open_clip_config.json"));
    Files.writeString(folder.resolve("config.json"), config("encoder-clip-l").toString());
    assertRefused("has no text tower that is known here");
  }

  private void assertRefused(String part) {
    String message =
        assertThrows(IOException.class, () -> ClipModel.open(engine, folder)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
