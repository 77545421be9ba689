package io.hybnext.actors.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunPast;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunJournalTest {
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("run/run.jsonl");
  }

  private RunJournal open() throws Exception {
    return RunJournal.open(file(), CLOCK, 10);
  }

  private static ProgressEvent step(long step) {
    StepReport report =
        new StepReport(step, 1, 2, 3, 4, Double.NaN, false, 0.5, 1, 1, 1, 1, 0, List.of());
    return new ProgressEvent.StepCommitted(report, 100, 5, 6, 7, List.of());
  }

  private static ProgressEvent generation(long number) {
    return new ProgressEvent.GenerationFormed(number, List.of("trainer-0"), List.of(4), "");
  }

  @Test
  void shouldNoteEventsAndEveryTenthStep() throws Exception {
    try (RunJournal journal = open()) {
      journal.append(generation(3));
      for (long step = 0; step < 25; step++) {
        journal.append(step(step));
      }
      journal.append(new ProgressEvent.CheckpointSaved(20, "/run/step-20", 9, 2.5));
    }
    List<JsonNode> lines = RunJournal.read(file());
    assertEquals(
        List.of("generation-formed", "step", "step", "step", "step", "checkpoint-saved"),
        lines.stream().map(line -> line.get("kind").asText()).toList());
    assertEquals("1970-01-01T00:00:00Z", lines.get(0).get("time").asText());
    assertEquals("trainer-0", lines.get(0).get("trainers").get(0).asText());
    assertEquals(20, lines.get(3).get("step").asLong());
  }

  @Test
  void shouldRememberAPauseUntilTheRunContinuesOrEnds() throws Exception {
    try (RunJournal journal = open()) {
      assertEquals(Optional.empty(), journal.past().pause());
      journal.append(generation(3));
      journal.append(new ProgressEvent.Paused(20, "maintenance"));
      journal.append(generation(4));
    }
    try (RunJournal journal = open()) {
      assertEquals(Optional.of("maintenance"), journal.past().pause());
      journal.append(new ProgressEvent.Continued());
    }
    try (RunJournal journal = open()) {
      assertEquals(Optional.empty(), journal.past().pause());
    }
  }

  @Test
  void shouldReadCheckpointsOfReleasesThatDoNotTellHowLongTheyTook() throws Exception {
    ObjectMapper json = new ObjectMapper();
    String older = "{'kind':'checkpoint-saved','step':4,'folder':'/c','sizeBytes':9}";
    assertEquals(
        Optional.of(new ProgressEvent.CheckpointSaved(4, "/c", 9, null)),
        RunJournal.event(json.readTree(older.replace('\'', '"'))));
  }

  @Test
  void shouldRememberHowFarMembersMayHaveGotBeforeTheirStateWasLost() throws Exception {
    try (RunJournal journal = open()) {
      assertEquals(RunPast.NONE, journal.past());
      journal.append(new ProgressEvent.GenerationSettled(1, 0, ""));
      journal.allow(30);
      journal.append(new ProgressEvent.GenerationSettled(2, 21, "")); // they had the state
    }
    try (RunJournal journal = open()) {
      assertEquals(new RunPast(21, 30, 0, 2, Optional.empty()), journal.past());
      journal.append(new ProgressEvent.GenerationSettled(3, 20, "/c/step-20"));
      journal.allow(60);
    }
    RunPast past = new RunPast(21, 60, 30, 3, Optional.empty());
    try (RunJournal journal = open()) {
      assertEquals(past, journal.past());
      assertEquals(past.startedAgain(), journal.startAgain());
    }
    try (RunJournal journal = open()) {
      assertEquals(0, journal.past().allowed());
    }
  }

  @Test
  void shouldKeepHealthInWordsAndNotTakeItForTheRunGoingOn() throws Exception {
    RunReport report = new RunReport(RunReport.Outcome.COMPLETED, "", 25, "/c", 1, 0, 0);
    ProgressEvent.Health full =
        new ProgressEvent.Health(
            "disk",
            ProgressEvent.HealthState.FAILED,
            "disk-full",
            "The disk of /run is full.",
            "Free some space.",
            "1970-01-01T00:00:00Z");
    try (RunJournal journal = open()) {
      journal.append(new ProgressEvent.Ended(report));
      journal.append(full);
    }
    JsonNode line = RunJournal.read(file()).get(1);
    assertEquals("health", line.get("kind").asText());
    assertEquals("failed", line.get("state").asText());
    assertEquals("disk-full", line.get("cause").asText());
    try (RunJournal journal = open()) {
      assertEquals(Optional.of(report), journal.ended());
    }
  }

  @Test
  void shouldLeaveNoStepOutAndTellNoneTwice() throws Exception {
    try (RunJournal journal = open()) {
      for (long step = 0; step < 13; step++) {
        journal.append(step(step));
      }
      journal.append(generation(1));
      for (long step = 13; step < 27; step++) {
        journal.append(step(step));
      }
      journal.append(new ProgressEvent.RolledBack(27, 20));
      journal.append(step(20));
    }
    List<List<Long>> told =
        RunJournal.read(file()).stream()
            .filter(line -> line.get("kind").asText().equals("step"))
            .map(line -> List.of(line.get("from").asLong(), line.get("step").asLong()))
            .toList();
    assertEquals(
        List.of(
            List.of(0L, 0L),
            List.of(1L, 10L),
            List.of(11L, 12L),
            List.of(13L, 20L),
            List.of(21L, 26L),
            List.of(20L, 20L)),
        told);
    try (RunJournal journal = open()) {
      assertEquals(21, journal.past().committed());
      assertEquals(Optional.empty(), journal.ended());
    }
  }

  @Test
  void shouldNeverGiveANumberAgainThatMayHaveBeenAnnounced() throws Exception {
    try (RunJournal journal = open()) {
      assertFalse(journal.isReserved(1));
      journal.reserve(journal.lastGeneration() + 1);
      assertTrue(journal.isReserved(1));
      journal.append(generation(1)); // 2 is announced, and not noted
    }
    try (RunJournal journal = open()) {
      long first = journal.lastGeneration() + 1;
      assertTrue(first > 2, "" + first);
      journal.reserve(first);
      for (long number = first; number < first + 200; number++) {
        assertTrue(journal.isReserved(number));
        journal.append(generation(number));
      }
      assertTrue(reservations() < 12, "" + reservations()); // not one a generation
      journal.append(
          new ProgressEvent.Ended(
              new RunReport(RunReport.Outcome.STOPPED, "Ctrl-C", 8, "/x", 1, 0, 0)));
      assertTrue(journal.isReserved(first + 200));
    }
    long last = lastFormed();
    try (RunJournal journal = open()) {
      assertEquals(last, journal.lastGeneration()); // in good order: nothing was announced since
    }
  }

  private long reservations() throws Exception {
    return RunJournal.read(file()).stream()
        .filter(line -> line.get("kind").asText().equals("generations-reserved"))
        .count();
  }

  private long lastFormed() throws Exception {
    return RunJournal.read(file()).stream()
        .mapToLong(line -> line.path("generation").asLong())
        .max()
        .orElseThrow();
  }

  @Test
  void shouldKnowThatTheRunEnded() throws Exception {
    RunReport report = new RunReport(RunReport.Outcome.STOPPED, "Ctrl-C", 8, "/x", 1, 0, 0);
    try (RunJournal journal = open()) {
      journal.append(new ProgressEvent.Ended(report));
    }
    try (RunJournal journal = open()) {
      assertEquals(Optional.of(report), journal.ended());
      journal.append(generation(2));
    }
    try (RunJournal journal = open()) {
      assertEquals(Optional.empty(), journal.ended());
    }
  }

  @Test
  void shouldTakeOffALineThatACrashCutShort() throws Exception {
    try (RunJournal journal = open()) {
      journal.append(generation(3));
    }
    Files.writeString(file(), "{\"time\":\"19", StandardOpenOption.APPEND);
    assertEquals(1, RunJournal.read(file()).size());
    try (RunJournal journal = open()) {
      assertEquals(3, journal.lastGeneration());
      journal.append(generation(4));
    }
    assertEquals(2, RunJournal.read(file()).size());
    try (RunJournal journal = open()) {
      assertEquals(4, journal.lastGeneration());
    }
  }

  @Test
  void shouldTakeOffLinesThatALossOfPowerLeftFullOfHoles() throws Exception {
    try (RunJournal journal = open()) {
      journal.append(generation(3));
    }
    String holes = "\0\0\0\"step\"}\n{\"generation\":9}\n";
    Files.writeString(file(), holes, StandardOpenOption.APPEND);
    try (RunJournal journal = open()) {
      assertEquals(3, journal.lastGeneration());
      journal.append(generation(4));
    }
    assertEquals(2, RunJournal.read(file()).size());
  }

  @Test
  void shouldStartAtZero() throws Exception {
    assertTrue(RunJournal.read(file()).isEmpty());
    try (RunJournal journal = open()) {
      assertEquals(0, journal.lastGeneration());
    }
  }

  @Test
  void shouldNameTheLineThatIsDamaged() throws Exception {
    try (RunJournal journal = open()) {
      journal.append(generation(3));
    }
    Files.writeString(file(), "{\"kind\": generation}\n", StandardOpenOption.APPEND);
    String message = assertThrows(IOException.class, () -> RunJournal.read(file())).getMessage();
    assertTrue(message.contains("run.jsonl is damaged: line 2 is no JSON"), message);
    assertEquals(1, message.lines().count(), message);
  }
}
