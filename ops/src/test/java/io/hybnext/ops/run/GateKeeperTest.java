package io.hybnext.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.run.ProgressEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoints are measured, and what becomes of answers; small programs measure. */
@Timeout(120)
class GateKeeperTest {
  @TempDir Path folder;

  private final Queue<ProgressEvent> told = new ConcurrentLinkedQueue<>();

  private GateKeeper keeper(Function<Path, List<String>> program) {
    return new GateKeeper(new RunFolder(folder), program, told::add);
  }

  private static Path checkpoint(int step) {
    return Path.of("step-" + step);
  }

  private static List<String> shell(String text) {
    return List.of("sh", "-c", text);
  }

  private static List<String> verdict(Path checkpoint) {
    String step = checkpoint.toString().substring("step-".length());
    return shell(
        "echo a warning of something else; echo '{\"event\":\"result\",\"step\":"
            + step
            + ",\"accepted\":true,\"reason\":\"it is fine\",\"nll\":6.5,\"seconds\":1.5}'");
  }

  private List<Long> steps() {
    return told.stream().map(event -> ((ProgressEvent.Gate) event).step()).toList();
  }

  @Test
  void shouldMeasureTheNewestNextWhenSeveralCameMeanwhile() throws Exception {
    CountDownLatch measuring = new CountDownLatch(1);
    CountDownLatch othersCame = new CountDownLatch(1);
    GateKeeper keeper =
        keeper(
            checkpoint -> {
              measuring.countDown();
              await(othersCame);
              return verdict(checkpoint);
            });
    keeper.onCheckpoint(checkpoint(10));
    measuring.await();
    keeper.onCheckpoint(checkpoint(20));
    keeper.onCheckpoint(checkpoint(30));
    othersCame.countDown();
    keeper.finish();
    assertEquals(List.of(10L, 30L), steps());
    ProgressEvent.Gate first = (ProgressEvent.Gate) told.peek();
    assertTrue(first.accepted());
    assertEquals(6.5, first.nll());
    assertEquals("it is fine", first.reason());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldTellNothingOfWhatWasNotMeasuredAndGoOn() throws Exception {
    CountDownLatch tried = new CountDownLatch(1);
    Queue<Path> asked = new ConcurrentLinkedQueue<>();
    GateKeeper keeper =
        keeper(
            checkpoint -> {
              asked.add(checkpoint);
              tried.countDown();
              return checkpoint.equals(checkpoint(1))
                  ? shell("echo it is damaged >&2; exit 1")
                  : shell("echo no JSON");
            });
    keeper.onCheckpoint(checkpoint(1));
    tried.await();
    keeper.onCheckpoint(checkpoint(2));
    keeper.finish();
    assertEquals(List.of(), List.copyOf(told));
    assertEquals(List.of(checkpoint(1), checkpoint(2)), List.copyOf(asked));
    assertEquals("it is damaged\n", Files.readString(folder.resolve("logs/gate.log")));
  }

  @Test
  void shouldEndTheProgramWhenTheRunEnds() throws Exception {
    CountDownLatch measuring = new CountDownLatch(1);
    GateKeeper keeper =
        keeper(
            checkpoint -> {
              measuring.countDown();
              return shell("exec sleep 600");
            });
    keeper.onCheckpoint(checkpoint(5));
    measuring.await();
    keeper.close(); // before the program starts, or while it runs
    keeper.finish();
    assertEquals(List.of(), List.copyOf(told));
  }
}
