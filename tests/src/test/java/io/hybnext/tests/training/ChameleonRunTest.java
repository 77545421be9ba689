package io.hybnext.tests.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.tests.process.HybnextProcess;
import io.hybnext.tests.process.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small Chameleon on real X-rays: trained, gone on with, and drawn from, as a person does it. */
class ChameleonRunTest {
  private static final int IMAGES = 16;
  private static final int STEPS = 4;

  @TempDir static Path folder;
  private static Path errors;

  @BeforeAll
  static void takeSomeImages() throws IOException {
    errors = folder.resolve("errors.txt");
    SampleImages.copy(folder.resolve("data"), IMAGES);
  }

  private static HybnextProcess train(String run, int trainers, int steps, String... more)
      throws IOException {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(
        List.of(
            "run.folder=" + folder.resolve(run),
            "data.source=" + folder.resolve("data/manifest.jsonl"),
            "data.store=" + folder.resolve("store"),
            "data.tokenizer=bundled:tokenizer-f16",
            "model.network=chameleon",
            "model.depth=2",
            "model.width=32",
            "model.heads=2",
            "arra.z-loss=1e-5",
            "optimiser.decay=all",
            "optimiser.warmup-steps=0",
            "optimiser.schedule=constant",
            "training.steps=" + steps,
            "training.global-batch=8",
            "training.microshards=4",
            "training.checkpoint-every=2",
            "trainers.heap=256 MiB",
            "trainers.count=" + trainers));
    List<String> arguments = new ArrayList<>(List.of("train", "--json"));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    return new HybnextProcess(errors, arguments);
  }

  private static byte[] file(String run, String name) throws IOException {
    String checkpoint = String.format("checkpoints/step-%08d", STEPS);
    return Files.readAllBytes(folder.resolve(run).resolve(checkpoint).resolve(name));
  }

  @Test
  void shouldEndWithSameBytesOnTwoTrainersAndWhenGoneOnWithAndDrawPictures() throws Exception {
    JsonNode one = train("one", 1, STEPS).awaitResult();
    assertEquals(STEPS, one.path("steps").asInt(), () -> one + " see " + errors);
    train("two", 2, 2).awaitResult();
    train("two", 2, STEPS).awaitResult();
    for (String name : List.of("model.safetensors", "projector.safetensors")) {
      assertArrayEquals(file("one", name), file("two", name), () -> name + "; see " + errors);
    }
    draw("one");
  }

  @Test
  void shouldTrainAdaptersAloneAndDrawWithThemMerged() throws Exception {
    JsonNode result = train("lora", 1, STEPS, "lora.rank=2").awaitResult();
    assertEquals(STEPS, result.path("steps").asInt(), () -> result + " see " + errors);
    assertTrue(file("lora", "model.safetensors").length < 30_000, "adapters alone");
    draw("lora");
  }

  private static void draw(String run) throws Exception {
    Path pictures = folder.resolve("pictures-" + run);
    List<String> draw =
        List.of(
            "generate",
            "--json",
            "--run",
            folder.resolve(run).toString(),
            "--prompt",
            "PA view chest x-ray",
            "--count",
            "2",
            "--out",
            pictures.toString());
    JsonNode drawn = new HybnextProcess(errors, draw).awaitResult();
    assertEquals(2, drawn.path("pictures").size(), () -> drawn + " see " + errors);
    assertTrue(Files.size(pictures.resolve("grid.png")) > 0);
  }
}
