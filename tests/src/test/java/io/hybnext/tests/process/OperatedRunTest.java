package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.streams.store.FileLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A run of real processes does what operators ask for on its page. */
class OperatedRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SAVED = Pattern.compile("step-\\d{8}");
  private static final int IMAGES = 12;

  @TempDir Path folder;

  private HybnextProcess train() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("train", "--json"));
    for (String setting :
        List.of(
            "run.folder=" + folder.resolve("run"),
            "dashboard.port=0",
            "data.source=" + folder.resolve("data/manifest.jsonl"),
            "data.store=" + folder.resolve("store"),
            "data.tokenizer=bundled:tokenizer-f16",
            "model.depth=1",
            "model.width=16",
            "model.heads=2",
            "optimiser.schedule=constant",
            "optimiser.warmup-steps=1",
            "training.steps=1000000",
            "training.global-batch=2",
            "training.microshards=2",
            "training.checkpoint-every=1000000",
            "evaluation.samples=0",
            "exchange.term-length=1 MiB",
            "trainers.heap=128 MiB",
            "trainers.count=2")) {
      arguments.addAll(List.of("--set", setting));
    }
    return new HybnextProcess(folder.resolve("errors.txt"), arguments);
  }

  private long stored() {
    return FileLedger.readSegments(folder.resolve("store")).stream()
        .mapToLong(segment -> segment.items().size())
        .sum();
  }

  private static String saved(JsonNode checkpoints) {
    Matcher name = SAVED.matcher(checkpoints.toString());
    return name.find() ? name.group() : "";
  }

  /** A pipe that nobody reads would hold the run up. */
  private static int readToTheEnd(HybnextProcess run) {
    try {
      return run.awaitExit();
    } catch (IOException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
  void shouldDoWhatOperatorsAskForOnItsPage() throws Exception {
    SampleImages.copy(folder.resolve("data"), IMAGES, 4);
    Path first;
    try (Stream<Path> images = Files.list(folder.resolve("data/images"))) {
      first = images.sorted().findFirst().orElseThrow();
    }
    byte[] sound = Files.readAllBytes(first);
    Files.write(first, new byte[] {'n', 'o', 'n', 'e'});
    HybnextProcess run = train();
    try (RunPage page = new RunPage(run.await("dashboard: "))) {
      CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> readToTheEnd(run));
      page.await("run", told -> told.path("step").asLong() >= 2);
      assertEquals(IMAGES - 1, stored());
      page.act("checkpoint", "{}");
      String checkpoint = saved(page.await("checkpoints", told -> !saved(told).isEmpty()));

      page.act("pause", "{}");
      Files.write(first, sound);
      assertEquals("tried again: 1 stored, 0 put aside", page.act("retry", "{}"));
      assertEquals(IMAGES, stored());
      page.act("resume", "{}");
      long step =
          page.await("run", told -> told.path("phase").asText().equals("training"))
              .path("step")
              .asLong();
      page.await("run", told -> told.path("step").asLong() > step);

      page.act("drain", "{\"trainer\": \"trainer-1\"}");
      long alone =
          page.await("run", told -> told.path("generation").asLong() > 1).path("step").asLong();
      page.await("run", told -> told.path("step").asLong() > alone);
      page.act("checkpoint", "{}");
      page.act("rollback", "{\"checkpoint\": \"" + checkpoint + "\"}");
      run.stop();
      assertEquals(0, end.get());
      assertEquals("stopped", run.last().path("outcome").asText(), run.last()::toString);
      Path current = folder.resolve("run/checkpoints/current");
      assertTrue(Files.readString(current).contains(checkpoint), "rolled back");
      checkJournal();
    } finally {
      run.kill();
    }
  }

  /** No new step while it was paused; who was drained left; nobody was lost, also at the end. */
  private void checkJournal() throws Exception {
    boolean paused = false;
    int pauses = 0;
    int during = 0;
    List<String> left = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("run/run.jsonl"))) {
      JsonNode entry = JSON.readTree(line);
      String kind = entry.path("kind").asText();
      during += paused && kind.equals("step") ? 1 : 0;
      paused = kind.equals("paused") || (paused && !kind.equals("continued"));
      pauses += kind.equals("paused") ? 1 : 0;
      String state = entry.path("state").asText();
      assertTrue(!state.equalsIgnoreCase("lost"), line);
      if (state.equalsIgnoreCase("left")) {
        left.add(entry.path("trainer").asText());
      }
    }
    assertEquals(1, pauses);
    assertTrue(during <= 1, during + " steps"); // one that a member had done may be told late
    assertEquals(List.of("trainer-1", "trainer-0"), left);
  }
}
