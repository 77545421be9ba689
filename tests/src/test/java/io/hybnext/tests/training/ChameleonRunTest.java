package io.hybnext.tests.training;

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

/** A small Chameleon on real X-rays: trained and drawn from, as a person does it. */
class ChameleonRunTest {
  private static final int IMAGES = 16;
  private static final int STEPS = 4;

  @TempDir static Path folder;
  private static Path errors;

  @BeforeAll
  static void takeSomeImages() throws IOException, InterruptedException {
    errors = folder.resolve("errors.txt");
    SampleImages.copy(folder.resolve("data"), IMAGES);
  }

  private static HybnextProcess train(String run, int trainers, int steps, String... more)
      throws IOException, InterruptedException {
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
    return HybnextProcess.withSettings(errors, List.of("train"), settings);
  }

  private static TrainedRun trained(String run) {
    return new TrainedRun(folder.resolve(run), STEPS, errors);
  }

  @Test
  void shouldEndWithSameBytesOnTwoTrainersAndDrawPictures() throws Exception {
    JsonNode one = train("one", 1, STEPS).awaitResult();
    assertEquals(STEPS, one.path("steps").asInt(), () -> one + " see " + errors);
    train("two", 2, STEPS).awaitResult();
    trained("one").assertSameWeights(trained("two"));
    Path pictures = trained("one").draw();
    assertTrue(Files.size(pictures.resolve("grid.png")) > 0);
  }

  @Test
  void shouldTrainAdaptersAloneAndDrawWithThemMerged() throws Exception {
    JsonNode result = train("lora", 1, STEPS, "lora.rank=2").awaitResult();
    assertEquals(STEPS, result.path("steps").asInt(), () -> result + " see " + errors);
    assertTrue(trained("lora").file("model.safetensors").length < 30_000, "adapters alone");
    trained("lora").draw();
  }
}
