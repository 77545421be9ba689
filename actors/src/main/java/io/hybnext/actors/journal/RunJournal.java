package io.hybnext.actors.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code run.jsonl}: generations, trainers that came and went, checkpoints, and every so many
 * committed steps, each with the number of the first step that no line before tells of. Lines are
 * only ever appended; a line that a crash cut short is taken off when the file is opened again. One
 * thread at a time.
 */
public final class RunJournal implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper EVENTS =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final String RESERVED = "generations-reserved";
  private static final String HEALTH = "health"; // may come late, and ends no run and begins none
  private static final long AHEAD = 64; // numbers reserved at a time

  private final Disk.Appender file;
  private final Clock clock;
  private final long stepsPerLine;
  private final long lastGeneration;
  private final long lastCommitted;
  private final JsonNode ended; // null unless that is the last line

  private volatile long reserved; // generations up to this number may be announced
  private long highest; // generation formed, whether it could be noted or not
  private long lengthBytes;
  private long firstStep;
  private ProgressEvent.StepCommitted lastStep; // committed since the last line; null for none

  private RunJournal(Disk.Appender file, JournalLines lines, Clock clock, long stepsPerLine) {
    this.file = file;
    this.clock = clock;
    this.stepsPerLine = stepsPerLine;
    lengthBytes = lines.lengthBytes();
    long generation = 0;
    long unused = 0;
    long committed = 0;
    JsonNode last = null;
    for (JsonNode line : lines.whole()) {
      generation = Math.max(generation, line.path("generation").asLong());
      unused = unused(line, unused);
      committed = committed(line, committed);
      last = line.path("kind").asText().equals(HEALTH) ? last : line;
    }
    lastGeneration = Math.max(generation, unused);
    highest = lastGeneration;
    lastCommitted = committed;
    ended = last != null && last.path("kind").asText().equals("ended") ? last : null;
  }

  /** The number up to which generations may have been announced without a line of their own. */
  private static long unused(JsonNode line, long before) {
    return line.path("kind").asText().equals(RESERVED) ? line.path("upTo").asLong() : before;
  }

  /** Number of committed steps after a line. */
  private static long committed(JsonNode line, long before) {
    return switch (line.path("kind").asText()) {
      case "step" -> line.path("step").asLong() + 1;
      case "generation-settled" -> Math.max(before, line.path("startStep").asLong());
      case "rolled-back" -> line.path("to").asLong();
      default -> before;
    };
  }

  /**
   * Opens or creates the file.
   *
   * @param stepsPerLine a committed step is noted when its number is a multiple of this, or when
   *     something else follows that is noted
   * @throws IOException when the disk does not let it
   */
  public static RunJournal open(Path file, Clock clock, long stepsPerLine) throws IOException {
    return open(Disk.LOCAL, file, clock, stepsPerLine);
  }

  /** The same on any disk. */
  public static RunJournal open(Disk disk, Path file, Clock clock, long stepsPerLine)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    disk.createFolders(folder);
    boolean isNew = !disk.exists(file);
    JournalLines lines = isNew ? new JournalLines(List.of(), 0) : JournalLines.of(disk, file);
    Disk.Appender appender = disk.append(file, lines.lengthBytes());
    disk.force(folder); // the name itself: who made the file may have died before that
    return new RunJournal(appender, lines, clock, stepsPerLine);
  }

  /**
   * Reads all whole lines of a file; empty without one.
   *
   * @throws IOException with a sentence when a line is damaged, or the disk fails
   */
  public static List<JsonNode> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    return JournalLines.of(Disk.LOCAL, file).whole();
  }

  /** The highest generation that may have been when the file was opened; 0 for a new run. */
  public long lastGeneration() {
    return lastGeneration;
  }

  /** Number of steps that were committed when the file was opened, as far as it tells. */
  public long lastCommitted() {
    return lastCommitted;
  }

  /** How the run ended, when nothing happened after that before the file was opened. */
  public Optional<RunReport> ended() {
    if (ended == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.treeToValue(ended.path("report"), RunReport.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * Sees to it that numbers of generations are on disk before anybody hears of them: another
   * coordinator, also one after a crash, begins behind them.
   *
   * @param generation the next one
   * @throws IOException when the disk does not take it
   */
  public void reserve(long generation) throws IOException {
    if (generation + AHEAD / 2 > reserved) {
      long upTo = generation + AHEAD;
      write(line(RESERVED).put("upTo", upTo));
      file.force();
      reserved = upTo;
    }
  }

  /** Whether a generation of this number may be announced; from any thread. */
  public boolean isReserved(long generation) {
    return generation <= reserved;
  }

  /**
   * Notes an event; everything but plain steps is on disk when this returns.
   *
   * @throws IOException when the disk does not take it
   */
  public void append(ProgressEvent event) throws IOException {
    if (event instanceof ProgressEvent.StepCommitted step) {
      firstStep = lastStep == null ? step.report().step() : firstStep;
      lastStep = step;
      if (step.report().step() % stepsPerLine == 0) {
        writeSteps();
      }
      return;
    }
    if (reserved > 0 && event instanceof ProgressEvent.GenerationFormed formed) {
      highest = Math.max(highest, formed.generation());
      reserve(formed.generation());
    } else if (reserved > 0 && event instanceof ProgressEvent.Ended) {
      write(line(RESERVED).put("upTo", highest)); // the others were not used and never will be
    }
    writeSteps();
    ObjectNode line = line(kind(event));
    JsonNode body = JSON.valueToTree(event);
    body.properties().forEach(field -> line.set(field.getKey(), field.getValue()));
    write(line);
    file.force();
  }

  /** One line for the steps since the last one: together the lines leave no step out. */
  private void writeSteps() throws IOException {
    if (lastStep != null) {
      write(describe(lastStep));
      lastStep = null;
    }
  }

  private ObjectNode describe(ProgressEvent.StepCommitted step) {
    ObjectNode line = line("step");
    line.put("from", firstStep);
    line.put("step", step.report().step());
    line.put("nll", step.report().nll());
    line.put("gva", step.report().gva());
    line.put("zLoss", step.report().zLoss());
    line.put("gradientNorm", step.report().gradientNorm());
    line.put("learningRate", step.report().learningRate());
    line.put("tokensPerSecond", step.tokensPerSecond());
    line.put("applied", step.report().applied());
    line.put("stepMs", step.report().stepNs() / 1e6);
    line.put("computeMs", step.report().computeNs() / 1e6);
    line.put("exchangeMs", step.report().exchangeNs() / 1e6);
    line.put("dataWaitMs", step.report().dataWaitNs() / 1e6);
    return line;
  }

  private ObjectNode line(String kind) {
    return JSON.createObjectNode().put("time", clock.instant().toString()).put("kind", kind);
  }

  /**
   * The event of a line; empty for steps, which are noted shorter, and for lines of another kind.
   *
   * @param line as {@link #read} and {@link JournalTail} give it
   */
  public static Optional<ProgressEvent> event(JsonNode line) {
    for (Class<?> type : ProgressEvent.class.getPermittedSubclasses()) {
      if (kind(type).equals(line.path("kind").asText())) {
        try {
          return Optional.of((ProgressEvent) EVENTS.treeToValue(line, type));
        } catch (JsonProcessingException another) {
          return Optional.empty(); // of another release
        }
      }
    }
    return Optional.empty();
  }

  private static String kind(ProgressEvent event) {
    return kind(event.getClass());
  }

  /** {@code GenerationFormed} becomes {@code generation-formed}. */
  private static String kind(Class<?> event) {
    return event.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private void write(ObjectNode line) throws IOException {
    byte[] bytes = (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      file.write(bytes);
      lengthBytes += bytes.length;
    } catch (IOException e) {
      file.truncate(lengthBytes);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
