package io.hybnext.ops.wiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.HostTensor;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that starts from an imported Chameleon: its weights, vocabulary and tokenizer.json. */
class ChameleonStartTest {
  private static final int CODES = 16;
  private static final int TOKENS = 16;

  @TempDir Path folder;
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final ObjectMapper json = new ObjectMapper();

  @BeforeEach
  void writeCheckpoint() throws IOException {
    ObjectNode config = json.createObjectNode();
    config.put("model_type", "chameleon").put("vocab_size", 60).put("hidden_size", 32);
    config.put("intermediate_size", 48).put("num_hidden_layers", 2).put("num_attention_heads", 2);
    config.put("max_position_embeddings", 64);
    ObjectNode ids = config.putObject("vocabulary_map");
    ids.put("<s>", 0).put("<racm3:break>", 41).put("<eoss>", 40);
    for (int code = 0; code < CODES; code++) {
      String digits = Integer.toString(code);
      StringBuilder name = new StringBuilder("IMGIMG");
      digits.chars().forEach(digit -> name.append((char) ('A' + digit - '0')));
      ids.put(name.append("Z").toString(), 4 + (code * 7) % CODES); // permuted
    }
    ids.put("<reserved08706>", 42).put("<reserved08799>", 43);
    for (int units = 0; units <= 2; units++) {
      ids.put("<reserved0880" + units + ">", 44 + units);
    }
    json.writeValue(folder.resolve("config.json").toFile(), config);
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "<unk>",
                   "vocab": {"<unk>": 3, "chest": 50, "view": 51}}}
        """);
    TrainingConfig training = config(Map.of());
    try (ArraTraining other = new ArraTraining(engine, training)) {
      other.initialise();
      FloatBuffer head = other.weights().parameter("lm_head.weight").asFloatBuffer();
      for (int i = 0; i < head.capacity(); i++) {
        head.put(i, i + 1);
      }
      write(other);
    }
  }

  private void write(ArraTraining other) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (HostTensor tensor : other.tensors()) {
      if (!tensor.name().startsWith("adaptor")) {
        long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
        writer.add(tensor.name(), TensorType.F32, shape, tensor::data);
      }
    }
    writer.write(folder.resolve("model.safetensors"));
  }

  private TrainingConfig config(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("model.network", "chameleon");
    settings.put("model.start", folder.toString());
    settings.put("model.depth", "2");
    settings.put("model.width", "32");
    settings.put("model.heads", "2");
    settings.putAll(more);
    HybnextSettings defaults = HybnextSettings.load(HybnextSettings.Source.profile(""));
    return TrainingConfigs.of(defaults.with(settings), CODES, TOKENS, 8);
  }

  private float[] head(TrainingConfig config) {
    try (ArraTraining training = new ArraTraining(engine, config)) {
      StartWeights.fill(training);
      float[] head = new float[60 * 32];
      training.weights().parameter("lm_head.weight").asFloatBuffer().get(head);
      return head;
    }
  }

  @Test
  void shouldStartFromItsWeightsAndKeepOrZeroTheImageHead() {
    float[] kept = head(config(Map.of()));
    assertEquals(1, kept[0]);
    assertEquals(4 * 32 + 1, kept[4 * 32]);
    float[] zeroed = head(config(Map.of("model.zero-image-head", "true")));
    assertEquals(1, zeroed[0], "text rows stay");
    for (int i = 4 * 32; i < (4 + CODES) * 32; i++) {
      assertEquals(0, zeroed[i]);
    }
    assertEquals(40 * 32 + 1, zeroed[40 * 32], "marks stay");
  }

  @Test
  void shouldWriteAdaptersAloneAndTakeThemBackOnTheirOwnNetworkOnly() throws IOException {
    TrainingConfig config = config(Map.of("lora.rank", "2"));
    Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
    try (ModelTrainStep step = new ModelTrainStep(engine, config)) {
      step.initialise();
      List<Chunk> all = new ArrayList<>();
      for (int bucket = 0; bucket < step.layout().buckets().size(); bucket++) {
        all.add(new Chunk(bucket, 0));
      }
      try (var part = step.capture(all, 0, 1)) {
        assertEquals(step.layout().length() * 3 * Float.BYTES, part.sizeBytes());
        part.write(checkpoint);
      }
    }
    long base = Files.size(folder.resolve("model.safetensors"));
    assertTrue(Files.size(checkpoint.resolve("model.safetensors")) < base / 2, "no frozen tensor");
    try (ModelTrainStep step = new ModelTrainStep(engine, config)) {
      step.restore(checkpoint);
    }
    byte[] other = Files.readAllBytes(folder.resolve("model.safetensors"));
    other[other.length - 2] ^= 1;
    Files.write(folder.resolve("model.safetensors"), other);
    try (ModelTrainStep step = new ModelTrainStep(engine, config)) {
      String message = assertThrows(IOException.class, () -> step.restore(checkpoint)).getMessage();
      assertTrue(message.contains("adapters of another network (sha256:"), message);
    }
  }

  @Test
  void shouldReadTextByItsTokenizerAndCodesByItsVocabulary() {
    ChameleonConfig network = (ChameleonConfig) config(Map.of()).network();
    assertEquals(4 + 7, network.vocabulary().idOfCode(1));
    try (var prompts =
        io.hybnext.model.lumina.Prompts.of(
            network.vocabulary(), TrainingConfigs.promptLength(network))) {
      assertArrayEquals(new int[] {50, 51, 3}, prompts.ids("Chest view unheard"));
      int room = 64 - 3 - (4 * 5 + 4);
      assertEquals(room, prompts.ids("chest ".repeat(100)).length);
    }
  }

  @Test
  void shouldSayWhatDoesNotFit() throws IOException {
    assertRefused("model.depth = 3", Map.of("model.depth", "3"));
    assertRefused("want a folder made by", Map.of("model.start", folder.getParent().toString()));
    HybnextSettings defaults = HybnextSettings.load(HybnextSettings.Source.profile(""));
    assertThrows(
        SettingsException.class, () -> defaults.with(Map.of("model.zero-image-head", "true")));
    TrainingConfig fitting = config(Map.of());
    new SafetensorsWriter()
        .floats("model.norm.weight", new float[4], 4)
        .write(folder.resolve("model.safetensors"));
    String message = assertThrows(UncheckedIOException.class, () -> head(fitting)).getMessage();
    for (String part : List.of("does not fit", "missing", "wrong shape")) {
      assertTrue(message.contains(part), message);
    }
  }

  private void assertRefused(String sentence, Map<String, String> more) {
    String message = assertThrows(SettingsException.class, () -> config(more)).getMessage();
    assertTrue(message.contains(sentence), message);
  }
}
