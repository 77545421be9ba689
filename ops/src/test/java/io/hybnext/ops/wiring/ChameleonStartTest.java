package io.hybnext.ops.wiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that starts from an imported Chameleon: its weights, vocabulary and tokenizer.json. */
class ChameleonStartTest {
  private static final int CODES = SmallStart.CODES;

  @TempDir Path folder;
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @BeforeEach
  void writeCheckpoint() throws IOException {
    SmallStart.write(engine, folder);
  }

  private TrainingConfig config(Map<String, String> more) {
    return SmallStart.config(folder, more);
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
