package io.hybnext.tests.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.tests.golden.TinyClip;
import io.hybnext.tests.process.HybnextProcess;
import io.hybnext.tests.process.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small Kelix on real X-rays, from the tokenizer to pictures, as a person does it: four codes a
 * block, 4 x 4 blocks an image.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KelixRunTest {
  private static final int IMAGES = 50;
  private static final int HELD_OUT = 6;
  private static final int STEPS = 4;
  private static final String TOKENIZER =
      """
      // comments are allowed
      {"kind": "kelix-tok",
       "model": {
         "vision_config": {"image_size": 128, "patch_size": 16, "num_channels": 1,
           "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
           "intermediate_size": 64},
         "llm_hidden_size": 48, "init_embedding_dim": 48, "n_q_tokens": 4, "codebook_size": 64,
         "embedding_dim": 8, "output_dim": 32, "_image_size": 128, "_read_out": true},
       "training": {"seed": 3, "steps": 40, "batch_size": 8, "learning_rate": 3e-3,
         "warmup_steps": 5, "final_rate": 0.1, "adam_beta2": 0.95, "weight_decay": 0,
         "clip_norm": 1, "kmeans_vectors": 500, "kmeans_turns": 5, "zoom_share": 0,
         "zoom_least": 1, "contrast": 0, "brightness": 0, "evaluate_every": 20,
         "checkpoint_every": 20}}
      """;

  @TempDir static Path folder;
  private static Path errors;

  @BeforeAll
  static void takeSomeImagesAndTrainTheTokenizer() throws Exception {
    errors = folder.resolve("errors.txt");
    Path data = folder.resolve("data");
    SampleImages.copy(data, IMAGES);
    List<String> lines = new ArrayList<>(Files.readAllLines(data.resolve("manifest.jsonl")));
    for (int i = IMAGES - HELD_OUT; i < IMAGES; i++) {
      lines.set(i, lines.get(i).replaceFirst("\"split\": ?\"train\"", "\"split\": \"val\""));
    }
    Files.write(data.resolve("manifest.jsonl"), lines);
    Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
    JsonNode made =
        new HybnextProcess(
                errors,
                List.of(
                    "tokenizer",
                    "train",
                    "--json",
                    "--data",
                    data.toString(),
                    "--settings",
                    folder.resolve("tokenizer.json").toString(),
                    "--out",
                    folder.resolve("tokenizer").toString()))
            .awaitResult();
    assertEquals(HELD_OUT, made.path("images").asInt(), () -> made + " see " + errors);
    assertTrue(made.path("codes_used").asInt() > 10, () -> "of 64: " + made);
  }

  private static HybnextProcess hybnext(String command, String... more)
      throws IOException, InterruptedException {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "data.source=" + folder.resolve("data/manifest.jsonl"),
                "data.store=" + folder.resolve("store"),
                "data.tokenizer=" + folder.resolve("tokenizer"),
                "model.network=kelix",
                "model.codes=4",
                "model.depth=2",
                "model.width=32",
                "model.heads=4",
                "model.kv-heads=2",
                "model.ffn-width=64",
                "model.dropout=0",
                "optimiser.warmup-steps=0",
                "optimiser.schedule=constant",
                "training.global-batch=8",
                "training.microshards=4",
                "training.checkpoint-every=2",
                "trainers.heap=256 MiB"));
    settings.addAll(List.of(more));
    return HybnextProcess.withSettings(errors, List.of(command), settings);
  }

  private static HybnextProcess train(String run, int trainers, int steps)
      throws IOException, InterruptedException {
    return hybnext(
        "train",
        "run.folder=" + folder.resolve(run),
        "training.steps=" + steps,
        "trainers.count=" + trainers);
  }

  private static TrainedRun trained(String run) {
    return new TrainedRun(folder.resolve(run), STEPS, errors);
  }

  @Test
  @Order(1)
  void shouldStoreSeveralCodesAPositionOnce() throws Exception {
    JsonNode first = hybnext("ingest").awaitResult();
    assertEquals(IMAGES, first.path("stored").asInt(), () -> first + " see " + errors);
    JsonNode again = hybnext("ingest").awaitResult();
    assertEquals(IMAGES, again.path("already_stored").asInt(), () -> again + " see " + errors);
  }

  @Test
  @Order(2)
  void shouldEndWithSameBytesOnTwoTrainersAndWhenGoneOnWithAndDrawPictures() throws Exception {
    JsonNode one = train("one", 1, STEPS).awaitResult();
    assertEquals(STEPS, one.path("steps").asInt(), () -> one + " see " + errors);
    train("two", 2, 2).awaitResult();
    train("two", 2, STEPS).awaitResult();
    trained("one").assertSameWeights(trained("two"));
    Path pictures = trained("one").draw();
    assertNotEquals(
        -1, Files.mismatch(pictures.resolve("picture-0.png"), pictures.resolve("picture-1.png")));
  }

  @Test
  @Order(3)
  void shouldMeasureACheckpointWithScoresOfAClip() throws Exception {
    Path clip = folder.resolve("clip");
    TinyClip.write(clip);
    String run = folder.resolve("one").toString();
    List<String> evaluate = List.of("evaluate", "--json", "--run", run, "--clip", clip.toString());
    JsonNode made = new HybnextProcess(errors, evaluate).awaitResult();
    assertEquals(STEPS, made.path("step").asInt(), () -> made + " see " + errors);
    assertEquals(HELD_OUT, made.path("images").asInt(), made::toString);
    double ignorant = Math.log(320 + 4 * 64); // over text ids and the codes of all four slots
    double nll = made.path("nll").asDouble();
    assertTrue(nll > 3 && nll < ignorant, () -> "after few steps: " + made);
    assertTrue(made.path("kid").isNumber() && made.path("fid").asDouble() > 0, made::toString);
    double cosine = made.path("clip_score").asDouble();
    double originals = made.path("clip_score_of_originals").asDouble();
    assertTrue(Math.abs(cosine) < 1 && cosine != 0 && originals != cosine, made::toString);
    assertTrue(made.path("clip_score_hessel").asDouble() >= Math.max(0, 2.5 * cosine - 1e-9));
    JsonNode again = new HybnextProcess(errors, evaluate).awaitResult();
    assertEquals(cosine, again.path("clip_score").asDouble(), 1e-6, "same seed, same pictures");
  }

  @Test
  @Order(4)
  void shouldRefuseATokenizerWithMoreCodesThanTheNetworkTakes() throws Exception {
    HybnextProcess wrong =
        hybnext(
            "train",
            "run.folder=" + folder.resolve("wrong"),
            "model.network=llamagen",
            "model.codes=1",
            "model.kv-heads=0");
    assertEquals(2, wrong.awaitExit());
    assertTrue(Files.readString(errors).contains("gives 4 for a position; want 4"));
  }
}
