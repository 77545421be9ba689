package io.hybnext.actors.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunPast;
import io.hybnext.actors.run.RunReport;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

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

  /** Kind of the lines of numbers that are reserved. */
  static final String RESERVED = "generations-reserved";

  /** Kind of the lines of how many steps members may do. */
  static final String ALLOWED = "steps-allowed";

  private static final long AHEAD = 64; // numbers reserved at a time

  /** {@code GenerationFormed} becomes {@code generation-formed}. */
  private static final ClassValue<String> KINDS =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> event) {
          String name = event.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-");
          return name.toLowerCase(Locale.ROOT);
        }
      };

  private final Disk.Appender file;
  private final Clock clock;
  private final long stepsPerLine;
  private final long lastGeneration;
  private final RunPast past;
  private final JsonNode ended; // null unless that is the last line

  private volatile long reserved; // generations up to this number may be announced
  private long highest; // generation formed, whether it could be noted or not
  private long lengthBytes;
  private long firstStep;
  private OptionalLong allowed = OptionalLong.empty(); // not written yet
  private ProgressEvent.StepCommitted lastStep; // committed since the last line; null for none

  private RunJournal(Disk.Appender file, JournalSummary known, Clock clock, long stepsPerLine)
      throws IOException {
    this.file = file;
    this.clock = clock;
    this.stepsPerLine = stepsPerLine;
    lengthBytes = known.lengthBytes();
    lastGeneration = known.lastGeneration();
    highest = lastGeneration;
    past = known.past();
    ended = known.ended();
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
    JournalSummary known = isNew ? new JournalSummary() : JournalSummary.of(disk, file);
    Disk.Appender appender = disk.append(file, known.lengthBytes());
    disk.force(folder); // the name itself: who made the file may have died before that
    return new RunJournal(appender, known, clock, stepsPerLine);
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

  /** What the file told of the run when it was opened. */
  public RunPast past() {
    return past;
  }

  /**
   * Makes ready for a run that is started again, with new trainers, and goes on.
   *
   * @return what is known of it
   * @throws IOException when the disk does not take it
   */
  public RunPast startAgain() throws IOException {
    if (past.pause().isPresent()) {
      append(new ProgressEvent.Continued());
    }
    if (past.allowed() > 0) {
      allow(0); // who held the run's state is gone
    }
    return past.startedAgain();
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

  /**
   * Notes, before they hear of it, how many steps members may do at most: one that is lost may come
   * back with as many, whoever leads then. What the disk does not take goes before the next line.
   *
   * @throws IOException when the disk does not take it
   */
  public void allow(long steps) throws IOException {
    allowed = OptionalLong.of(steps);
    writeAllowed();
    file.force();
  }

  private void writeAllowed() throws IOException {
    if (allowed.isPresent()) {
      write(line(ALLOWED).put("upTo", allowed.getAsLong()));
      allowed = OptionalLong.empty();
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
    writeAllowed();
    writeSteps();
    write(JSON.writeValueAsBytes(line(kind(event))), JSON.writeValueAsBytes(event));
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
      if (KINDS.get(type).equals(line.path("kind").asText())) {
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
    return KINDS.get(event.getClass());
  }

  private void write(ObjectNode line) throws IOException {
    byte[] fields = JSON.writeValueAsBytes(line);
    writeLine(Arrays.copyOf(fields, fields.length + 1));
  }

  /** One object of the fields of two, which have no name in common. */
  private void write(byte[] first, byte[] second) throws IOException {
    boolean empty = second.length == 2; // {}
    byte[] line = Arrays.copyOf(first, empty ? first.length + 1 : first.length + second.length);
    if (!empty) {
      line[first.length - 1] = ',';
      System.arraycopy(second, 1, line, first.length, second.length - 1);
    }
    writeLine(line);
  }

  /** Adds the end of the line in place of its last byte. */
  private void writeLine(byte[] bytes) throws IOException {
    bytes[bytes.length - 1] = '\n';
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
