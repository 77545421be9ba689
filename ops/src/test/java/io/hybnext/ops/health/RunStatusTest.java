package io.hybnext.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.RunReport;
import io.hybnext.ops.Hybnext;
import io.hybnext.ops.health.RunStatus.Life;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStatusTest {
  private static final Instant NOW = StoredRun.START.plusSeconds(100);

  @TempDir Path folder;

  private static String text(RunStatus status) {
    return String.join("\n", StatusText.of(status, NOW));
  }

  @Test
  void shouldTellWhatARunDoesThatIsAlive() throws Exception {
    StoredRun run = new StoredRun(folder).train();
    run.note(NOW.minusSeconds(1), StoredRun.finding(HealthState.DEGRADED));
    RunStatus status = RunStatus.read(run.folder, NOW);
    assertEquals(Life.ALIVE, status.life());
    assertEquals(12, status.committed());
    assertFalse(status.isWell());
    String text = text(status);
    for (String part :
        List.of(
            "step 12 of 640; 2,000 tokens/s, 0.25 s a step, 2 min 37 s to go",
            "nll 6.5000",
            "trainer-0: joined, rank 0, here, process 11; exchanges with trainer-1, step 12, 1,500"
                + " tokens/s, 3 microshards",
            "trainer-1 degraded, since 2026-11-22T08:00:00Z (1 min 40 s ago)",
            "See what else runs on its machine.",
            "checkpoint of step 10, 3 MiB")) {
      assertTrue(text.contains(part), text);
    }
  }

  @Test
  void shouldTellSinceWhenNothingIsHeardOfARun() throws Exception {
    StoredRun run = new StoredRun(folder).train();
    run.note(StoredRun.START.plusSeconds(20));
    run.tell(StoredRun.finding(HealthState.DEGRADED));
    RunStatus status = RunStatus.read(run.folder, NOW);
    assertEquals(Life.SILENT, status.life());
    String text = text(status);
    assertTrue(text.contains("nothing is heard of it since 2026-11-22T08:00:20Z (1 min 20 s ago)"));
    assertTrue(text.contains("trainer-1 degraded"), text);
    run.tell(StoredRun.finding(HealthState.OK));
    assertEquals(List.of(), RunStatus.read(run.folder, NOW).findings());
  }

  @Test
  void shouldTellHowARunEnded() throws Exception {
    StoredRun run = new StoredRun(folder).train();
    run.tell(
        new ProgressEvent.Ended(
            new RunReport(RunReport.Outcome.STOPPED, "asked to stop", 12, "/c", 1, 0, 0)));
    run.note(NOW);
    RunStatus status = RunStatus.read(run.folder, NOW);
    assertEquals(Life.ENDED, status.life());
    assertTrue(status.isWell());
    assertTrue(text(status).contains("stopped: asked to stop; 2026-11-22T08:00:00Z"), text(status));
  }

  @Test
  void shouldTellOfARunThatNobodyStarted() throws Exception {
    RunStatus status = RunStatus.read(new StoredRun(folder).folder, NOW);
    assertEquals(Life.NEW, status.life());
    assertTrue(text(status).contains("not started yet"));
  }

  @Test
  void shouldGiveTheSameToProgramsAndFailAtACheck() throws Exception {
    StoredRun run = new StoredRun(folder).train();
    run.note(Instant.now(), StoredRun.finding(HealthState.FAILED));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code = Hybnext.run(stream, stream, false, "status", folder.toString(), "--json", "--check");
    JsonNode line = new ObjectMapper().readTree(out.toByteArray());
    assertEquals(1, code);
    assertEquals("result", line.get("event").asText());
    assertEquals("alive", line.get("life").asText());
    assertEquals("failed", line.get("health").get(0).get("state").asText());
    assertEquals("trainer-1", line.get("members").get(0).get("waits_for").get(0).asText());
  }
}
