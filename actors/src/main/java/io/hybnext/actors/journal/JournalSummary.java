package io.hybnext.actors.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.run.RunPast;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a coordinator that opens a journal must know of what is in it. Lines are not kept: a journal
 * of weeks has many.
 */
final class JournalSummary {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEALTH = "health"; // may come late, and ends no run and begins none

  private int lengthBytes;
  private long generation;
  private long unused;
  private long committed;
  private long allowed;
  private long lost;
  private long settled;
  private Optional<String> paused = Optional.empty();
  private byte[] ended; // the last line, if it tells of the end; else null

  /** Of a new journal. */
  JournalSummary() {}

  /** Reads a journal, as {@link JournalLines} does. */
  static JournalSummary of(Disk disk, Path file) throws IOException {
    JournalSummary summary = new JournalSummary();
    byte[] bytes = JournalLines.content(disk, file);
    summary.lengthBytes = JournalLines.read(bytes, file, 0, summary::add);
    return summary;
  }

  private boolean add(byte[] bytes, int from, int length) throws IOException {
    Line line = Line.of(bytes, from, length);
    if (line == null) {
      return false;
    }
    generation = Math.max(generation, line.generation);
    switch (line.kind) {
      case RunJournal.RESERVED -> unused = line.upTo;
      case "step" -> committed = line.step + 1;
      case RunJournal.ALLOWED -> allowed = line.upTo;
      case "generation-settled" -> settle(line);
      case "rolled-back" -> {
        committed = line.to;
        lost = allowed;
      }
      case "paused" -> paused = Optional.of(line.reason);
      case "continued", "ended" -> paused = Optional.empty();
      default -> {}
    }
    if (line.kind.equals("ended")) {
      ended = Arrays.copyOfRange(bytes, from, from + length);
    } else if (!line.kind.equals(HEALTH)) {
      ended = null;
    }
    return true;
  }

  private void settle(Line line) {
    committed = Math.max(committed, line.startStep);
    settled = line.generation;
    if (line.startStep == 0 || !line.checkpoint.isEmpty()) { // nobody held the state
      lost = allowed;
    }
  }

  /** The fields of a line that count. */
  private static final class Line {
    private String kind = "";
    private String reason = "";
    private String checkpoint = "";
    private long generation;
    private long upTo;
    private long step;
    private long startStep;
    private long to;

    /** Null for what is no object. */
    static Line of(byte[] bytes, int from, int length) throws IOException {
      try (JsonParser parser = JSON.createParser(bytes, from, length)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          return null;
        }
        Line line = new Line();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          line.take(name, parser);
          parser.skipChildren();
        }
        return line;
      }
    }

    private void take(String name, JsonParser value) throws IOException {
      switch (name) {
        case "kind" -> kind = value.getValueAsString("");
        case "reason" -> reason = value.getValueAsString("");
        case "checkpoint" -> checkpoint = value.getValueAsString("");
        case "generation" -> generation = value.getValueAsLong();
        case "upTo" -> upTo = value.getValueAsLong();
        case "step" -> step = value.getValueAsLong();
        case "startStep" -> startStep = value.getValueAsLong();
        case "to" -> to = value.getValueAsLong();
        default -> {}
      }
    }
  }

  /** Bytes of the whole lines. */
  int lengthBytes() {
    return lengthBytes;
  }

  /** The highest generation that may have been. */
  long lastGeneration() {
    return Math.max(generation, unused);
  }

  /** What the lines together say of the run. */
  RunPast past() {
    return new RunPast(committed, allowed, lost, settled, paused);
  }

  /** The line that tells how the run ended; null when something happened after it. */
  JsonNode ended() throws IOException {
    return ended == null ? null : JSON.readTree(ended);
  }
}
