package io.hybnext.streams.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.TestImages;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome.Kept;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFolderSourceTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static ActorTestKit testKit;

  @TempDir Path folder;
  private final Hands clock = new Hands();
  private SinkQueueWithCancel<String> offered;

  /** A clock that a test moves. */
  private static final class Hands extends Clock {
    volatile Instant now = NOON;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @BeforeAll
  static void start() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    testKit.shutdownTestKit();
  }

  @BeforeEach
  void watch() {
    WatchedFolderSource source =
        new WatchedFolderSource(
            new FolderSource(folder.resolve("in"), "a caption", "train"),
            new WatchedFolderSource.Settings(Duration.ofMillis(10), Duration.ofSeconds(2)),
            clock);
    offered =
        source
            .items()
            .map(element -> ((Kept<ImageItem>) element).value().id())
            .runWith(Sink.queue(), testKit.system());
  }

  @AfterEach
  void end() {
    offered.cancel();
  }

  private String next() throws Exception {
    return offered.pull().toCompletableFuture().get(30, TimeUnit.SECONDS).orElseThrow();
  }

  /** An image as something writes it: its time is that of the last write. */
  private void write(String name, int seed, Instant at) throws Exception {
    Path file = folder.resolve("in").resolve(name);
    Path elsewhere = folder.resolve("elsewhere");
    Files.createDirectories(file.getParent());
    Files.write(elsewhere, TestImages.jpeg(64, 64, seed));
    Files.setLastModifiedTime(elsewhere, FileTime.from(at));
    Files.move(elsewhere, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void shouldOfferWhatIsThereAndWhatIsRenamedIn() throws Exception {
    write("b.jpg", 1, NOON.minusSeconds(60));
    assertEquals("b.jpg", next());
    write("deep/a.jpg", 2, NOON.minusSeconds(60));
    assertEquals("deep/a.jpg", next());
  }

  @Test
  void shouldLeaveAloneWhatIsStillBeingWritten() throws Exception {
    write("slow.jpg", 1, NOON);
    write(".copy.jpg", 3, NOON.minusSeconds(60));
    write("old.jpg", 2, NOON.minusSeconds(60));
    assertEquals("old.jpg", next());
    CompletionStage<java.util.Optional<String>> later = offered.pull();
    clock.now = NOON.plusMillis(1500);
    write("slow.jpg", 4, clock.now);
    clock.now = NOON.plusMillis(2500);
    write("slow.jpg", 5, clock.now);
    try {
      later.toCompletableFuture().get(100, TimeUnit.MILLISECONDS);
      throw new AssertionError("offered while it was written");
    } catch (TimeoutException expected) {
      clock.now = NOON.plusMillis(4500);
    }
    assertEquals("slow.jpg", later.toCompletableFuture().get(30, TimeUnit.SECONDS).orElseThrow());
  }

  @Test
  void shouldOfferAFileAgainWhenItHasChanged() throws Exception {
    write("a.jpg", 1, NOON.minusSeconds(60));
    assertEquals("a.jpg", next());
    write("a.jpg", 2, NOON.minusSeconds(30));
    assertEquals("a.jpg", next());
  }

  @Test
  void shouldTakeFilesOfAMachineWhoseClockIsAhead() throws Exception {
    write("ahead.jpg", 1, NOON.plusSeconds(3600));
    write("mark.jpg", 2, NOON.minusSeconds(60));
    assertEquals("mark.jpg", next()); // ahead.jpg was seen by then
    clock.now = NOON.plusSeconds(3);
    assertEquals("ahead.jpg", next());
  }

  @Test
  void shouldWaitForAFolderThatIsNotThereYet() throws Exception {
    CompletionStage<java.util.Optional<String>> first = offered.pull();
    write("later.jpg", 1, NOON.minusSeconds(60));
    assertTrue(first.toCompletableFuture().get(30, TimeUnit.SECONDS).isPresent());
  }
}
