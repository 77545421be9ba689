package io.hybnext.tests.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.tests.process.HybnextProcess;
import io.hybnext.tests.process.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small run on real X-rays, started as a person starts it. What it ends with must not depend on
 * the number of trainers, nor on being killed on the way.
 */
class TrainingBytesTest {
  private static final int IMAGES = 40;
  private static final int STEPS = 12;
  private static final int MANY_STEPS = 100_000;

  @TempDir static Path folder;
  private static Path errors;
  private static String undisturbed;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    errors = folder.resolve("errors.txt");
    SampleImages.copy(folder.resolve("data"), IMAGES);
    JsonNode result = train("one", 1).awaitResult();
    assertEquals(STEPS, result.path("steps").asInt(), result.toString());
    undisturbed = weights("one");
  }

  private static HybnextProcess train(String run, int trainers) throws Exception {
    return start("train", run, trainers);
  }

  private static HybnextProcess start(String command, String run, int trainers) throws Exception {
    return start(command, run, trainers, STEPS);
  }

  private static HybnextProcess start(String command, String run, int trainers, int steps)
      throws Exception {
    List<String> settings =
        List.of(
            "run.folder=" + folder.resolve(run),
            "data.source=" + folder.resolve("data/manifest.jsonl"),
            "data.store=" + folder.resolve("store"),
            "data.tokenizer=bundled:tokenizer-f16",
            "model.depth=2",
            "model.width=32",
            "model.heads=2",
            "optimiser.warmup-steps=2",
            "training.steps=" + steps,
            "training.global-batch=12",
            "training.microshards=6",
            "training.checkpoint-every=4",
            "trainers.heap=256 MiB",
            "trainers.count=" + trainers);
    return HybnextProcess.withSettings(errors, List.of(command), settings);
  }

  /** SHA-256 over every file of the last checkpoint that holds weights. */
  private static String weights(String run) throws Exception {
    TrainedRun trained = new TrainedRun(folder.resolve(run), STEPS, errors);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(trained.file("model.safetensors"));
    digest.update(trained.file("projector.safetensors"));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Two trainers: every other test here. */
  @Test
  void shouldEndWithSameBytesOnThreeTrainers() throws Exception {
    train("three", 3).awaitResult();
    assertEquals(undisturbed, weights("three"), () -> "3 trainers; see " + errors);
  }

  @Test
  void shouldEndWithSameBytesWhenEverythingIsKilledAtARandomStep() throws Exception {
    long seed = System.nanoTime();
    long step = new SplittableRandom(seed).nextLong(1, STEPS);
    HybnextProcess first = train("killed", 2);
    long reached = first.awaitStep(step);
    first.kill();
    JsonNode result = train("killed", 2).awaitResult();
    assertEquals(STEPS, result.path("steps").asInt(), result.toString());
    assertEquals(undisturbed, weights("killed"), () -> "killed at " + reached + "; see " + errors);
  }

  /** Process ids of the trainers by name, as the run has told so far. */
  private static Map<String, Long> trainers(String run) throws IOException {
    Map<String, Long> processes = new HashMap<>();
    Pattern joined = Pattern.compile(".*\"(trainer-\\d+)\",\"state\":\"JOINED\".*process (\\d+).*");
    for (String line : Files.readAllLines(folder.resolve(run).resolve("run.jsonl"))) {
      Matcher matcher = joined.matcher(line);
      if (matcher.matches()) {
        processes.put(matcher.group(1), Long.parseLong(matcher.group(2)));
      }
    }
    return processes;
  }

  @Test
  void shouldDoEveryStepOnceWhenOneOfThreeTrainersIsKilled() throws Exception {
    long seed = System.nanoTime();
    long step = new SplittableRandom(seed).nextLong(1, 5);
    HybnextProcess run = train("bereft", 3);
    long reached = run.awaitStep(step);
    HybnextProcess.signal("KILL", trainers("bereft").get("trainer-1"));
    JsonNode result = run.awaitResult();
    Supplier<String> what = () -> "killed at " + reached + "; see " + errors;
    assertEquals(LongStream.rangeClosed(1, STEPS).boxed().toList(), run.steps(), what);
    String journal = Files.readString(folder.resolve("bereft/run.jsonl"));
    assertFalse(journal.contains("\"rolled-back\""), what);
    assertEquals("completed", result.path("outcome").asText(), result.toString());
    assertEquals(undisturbed, weights("bereft"), what);
  }

  @Test
  void shouldGoOnWithoutATrainerThatIsHeldStill() throws Exception {
    HybnextProcess run = train("held", 2);
    run.awaitStep(1);
    long trainer = trainers("held").get("trainer-1");
    HybnextProcess.signal("STOP", trainer);
    try {
      run.await("the others go on without it");
      run.awaitStep(5);
    } finally {
      HybnextProcess.signal("CONT", trainer);
    }
    JsonNode result = run.awaitResult();
    assertEquals(0, result.path("restarts").asInt(), result.toString());
    assertEquals(LongStream.rangeClosed(1, STEPS).boxed().toList(), run.steps());
    assertEquals(undisturbed, weights("held"), () -> "held still; see " + errors);
  }

  /** The one trainer is held still while the other starts, so that it joins in the middle. */
  @Test
  void shouldGoOnWithATrainerThatJoinsAndLeavesAndEndWithSameBytes() throws Exception {
    HybnextProcess run = train("joined", 1);
    run.awaitStep(1);
    long trainer = run.await("\"trainers\"").path("trainers").get(0).path("pid").asLong();
    HybnextProcess.signal("STOP", trainer);
    HybnextProcess node;
    try {
      node = start("node", "joined", 1);
      run.await("node-" + node.pid() + " joined (");
    } finally {
      HybnextProcess.signal("CONT", trainer);
    }
    run.await("node-" + node.pid() + " joined; another generation goes on");
    node.stop(); // SIGTERM; the run may end before it comes
    assertTrue(node.awaitResult().path("left").asBoolean());
    JsonNode result = run.awaitResult();
    assertFalse(Files.readString(folder.resolve("joined/run.jsonl")).contains("rolled-back"));
    assertTrue(result.path("generations").asInt() >= 2, result.toString());
    assertEquals(0, result.path("restarts").asInt(), result.toString());
    assertEquals(LongStream.rangeClosed(1, STEPS).boxed().toList(), run.steps());
    assertEquals(undisturbed, weights("joined"), () -> "joined by a trainer; see " + errors);
  }

  /** Many steps, so that the run lasts for as long as the node needs; it is stopped then. */
  @Test
  void shouldJoinTheRunAgainThatWasStartedAgainAfterItsLeaderWasKilled() throws Exception {
    HybnextProcess first = start("train", "left-over", 1, MANY_STEPS);
    first.awaitStep(1);
    HybnextProcess node = start("node", "left-over", 1, MANY_STEPS);
    String joined = "node-" + node.pid() + " joined (";
    first.await(joined);
    first.kill();
    HybnextProcess second = start("train", "left-over", 1, MANY_STEPS);
    second.await(joined);
    second.stop();
    assertEquals("stopped", second.awaitResult().path("outcome").asText());
    assertTrue(node.awaitResult().path("left").asBoolean());
  }

  @Test
  void shouldStartTheMediaDriverAgainWhenItIsKilledAndEndWithSameBytes() throws Exception {
    HybnextProcess run = train("driverless", 2);
    run.awaitStep(1);
    long driver = -1;
    for (String line : Files.readAllLines(folder.resolve("driverless/run.jsonl"))) {
      if (line.contains("driver-started")) {
        driver = Long.parseLong(line.replaceAll(".*\"process\":([0-9]+).*", "$1"));
      }
    }
    HybnextProcess.signal("KILL", driver);
    run.await("the media driver (process " + driver + ") was ended by signal 9; started again");
    JsonNode result = run.awaitResult();
    assertEquals(0, result.path("restarts").asInt(), result.toString());
    assertEquals(undisturbed, weights("driverless"), () -> "driver killed; see " + errors);
  }

  @Test
  void shouldCheckpointWhenStoppedAndGoOnToSameBytes() throws Exception {
    HybnextProcess first = train("stopped", 2);
    first.awaitStep(2);
    first.stop();
    JsonNode result = first.awaitResult();
    if (result.path("outcome").asText().equals("stopped")) {
      try (Stream<Path> checkpoints = Files.list(folder.resolve("stopped/checkpoints"))) {
        String newest = result.path("checkpoint").asText();
        assertTrue(checkpoints.anyMatch(path -> newest.endsWith(path.getFileName().toString())));
      }
    }
    train("stopped", 3).awaitResult();
    assertEquals(undisturbed, weights("stopped"), () -> "stopped and gone on; see " + errors);
  }
}
