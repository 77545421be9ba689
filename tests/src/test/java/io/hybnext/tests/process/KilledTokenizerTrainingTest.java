package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code tokenizer train} killed and started again: codebook and its revival, moments of the
 * optimiser, averages and critics go on where they were, to the same bytes.
 */
class KilledTokenizerTrainingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STEPS = 36;

  @TempDir Path folder;

  @BeforeEach
  void prepare() throws Exception {
    Path data = folder.resolve("data");
    SampleImages.copy(data, 16, 4);
    ObjectNode settings =
        (ObjectNode)
            JSON.readTree(
                KilledTokenizerTrainingTest.class.getResourceAsStream("small-tokenizer.json"));
    Files.writeString(folder.resolve("settings.json"), settings.toString());
  }

  private HybnextProcess train(String out) throws Exception {
    return new HybnextProcess(
        folder.resolve("errors.txt"),
        List.of(
            "tokenizer",
            "train",
            "--json",
            "--data",
            folder.resolve("data").toString(),
            "--settings",
            folder.resolve("settings.json").toString(),
            "--out",
            folder.resolve(out).toString()));
  }

  private void awaitCheckpoints(WatchService watch, int count) throws InterruptedException {
    int seen = 0;
    while (seen < count) {
      WatchKey key = watch.poll(2, TimeUnit.MINUTES);
      assertTrue(key != null, "no checkpoint; see " + folder.resolve("errors.txt"));
      for (var event : key.pollEvents()) {
        seen += String.valueOf(event.context()).equals("checkpoint.safetensors") ? 1 : 0;
      }
      key.reset();
    }
  }

  @Test
  void shouldEndWithSameBytesWhenKilledAtARandomMoment() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    JsonNode whole = train("whole").awaitResult();
    assertEquals(STEPS, whole.path("step").asInt(), whole.toString());
    Files.createDirectories(folder.resolve("killed"));
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      folder.resolve("killed").register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      HybnextProcess first = train("killed");
      awaitCheckpoints(watch, random.nextInt(1, 3));
      first.kill();
    }
    HybnextProcess second = train("killed");
    long from = step(second.await("going on from step").path("text").asText());
    assertTrue(from > 0 && from < STEPS, "seed " + seed + ", from step " + from);
    second.awaitResult();
    for (String file : List.of("checkpoint.safetensors", "model.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("whole").resolve(file)),
          Files.readAllBytes(folder.resolve("killed").resolve(file)),
          file + " after a kill at step " + from + ", seed " + seed);
    }
  }

  private static long step(String note) {
    return Long.parseLong(note.replaceAll("going on from step (\\d+) of .*", "$1"));
  }
}
