package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first Ctrl-C or SIGTERM ends cleanly, the second at once; what is done stays. */
class SignalsTest {
  private static final int IMAGES = 160;

  @TempDir Path folder;

  @BeforeEach
  void copyImages() throws Exception {
    SampleImages.copy(folder.resolve("data"), IMAGES);
  }

  private HybnextProcess ingest() throws Exception {
    return HybnextProcess.withSettings(
        folder.resolve("errors.txt"),
        List.of("ingest", folder.resolve("data/manifest.jsonl").toString()),
        List.of(
            "data.store=" + folder.resolve("store"), "intake.batch=1", "intake.segment-items=8"));
  }

  private int stored() {
    return FileLedger.readSegments(folder.resolve("store")).stream()
        .map(SegmentRecord::items)
        .mapToInt(List::size)
        .sum();
  }

  @Test
  void shouldKeepWhatIsCompleteAfterTheFirstSignalAndGoOnWhereItEnded() throws Exception {
    HybnextProcess first = ingest();
    first.await("\"stage\"");
    first.signal("TERM");
    JsonNode stopped = first.awaitResult();
    boolean done = stored() == IMAGES; // the machine may be slower to signal than to ingest
    assertTrue(stopped.path("cancelled").asBoolean() || done, stopped.toString());
    assertEquals(stored(), stopped.path("stored").asInt(), stopped.toString());
    JsonNode rest = ingest().awaitResult();
    assertEquals(stopped.path("stored").asInt(), rest.path("already_stored").asInt());
    assertEquals(IMAGES, stored());
  }

  @Test
  void shouldEndAtOnceAfterTheSecondSignalWithNothingDamaged() throws Exception {
    HybnextProcess first = ingest();
    first.await("\"stage\"");
    first.signal("STOP"); // both come before it can end cleanly, however slow this machine is
    first.signal("TERM");
    first.signal("INT");
    first.signal("CONT");
    assertEquals(130, first.awaitExit());
    assertTrue(Files.readString(folder.resolve("errors.txt")).contains("hybnext: ended at once"));
    int before = stored();
    JsonNode rest = ingest().awaitResult();
    assertEquals(before, rest.path("already_stored").asInt(), rest.toString());
    assertEquals(IMAGES, stored());
  }

  /** A command that has nothing to finish, in the middle of its kernel calls. */
  @Test
  void shouldEndWorkThatIsNotWorthKeepingWithNothingLeftBehind() throws Exception {
    Path out = folder.resolve("teacher");
    SampleImages.copy(folder.resolve("split"), IMAGES, 32);
    HybnextProcess teacher =
        new HybnextProcess(
            folder.resolve("errors.txt"),
            List.of(
                "encoder",
                "teacher",
                "--data",
                folder.resolve("split").toString(),
                "--out",
                out.toString(),
                "--steps",
                "100000",
                "--json"));
    teacher.await("step 1/");
    teacher.signal("TERM");
    assertEquals(130, teacher.awaitExit());
    String said = teacher.last().toString();
    assertTrue(said.contains("ended before it was done"), said);
    String errors = Files.readString(folder.resolve("errors.txt"));
    assertTrue(errors.contains("hybnext: ending; Ctrl-C again ends at once"), errors);
    try (Stream<Path> left = Files.list(out)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
