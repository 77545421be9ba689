package io.hybnext.actors.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code run.jsonl}: generations, trainers that came and went, checkpoints, and every so many
 * committed steps. Lines are only ever appended; a line that a crash cut short is taken off when
 * the file is opened again. One thread at a time.
 */
public final class RunJournal implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Disk.Appender file;
  private final Clock clock;
  private final long stepsPerLine;
  private final long lastGeneration;

  private long lengthBytes;

  private RunJournal(
      Disk.Appender file, long lengthBytes, Clock clock, long stepsPerLine, long lastGeneration) {
    this.file = file;
    this.lengthBytes = lengthBytes;
    this.clock = clock;
    this.stepsPerLine = stepsPerLine;
    this.lastGeneration = lastGeneration;
  }

  /**
   * Opens or creates the file.
   *
   * @param stepsPerLine a committed step is noted when its number is a multiple of this
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
    Lines lines = isNew ? new Lines(List.of(), 0) : Lines.of(disk, file);
    long last = 0;
    for (JsonNode line : lines.whole) {
      last = Math.max(last, line.path("generation").asLong());
    }
    Disk.Appender appender = disk.append(file, lines.lengthBytes);
    if (isNew) {
      disk.force(folder); // the name itself
    }
    return new RunJournal(appender, lines.lengthBytes, clock, stepsPerLine, last);
  }

  /** Reads all whole lines of a file; empty without one. */
  public static List<JsonNode> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    return Lines.of(Disk.LOCAL, file).whole;
  }

  /**
   * The lines up to the first that a crash cut short or, at a loss of power, left full of holes.
   *
   * @param whole lines
   * @param lengthBytes of them
   */
  private record Lines(List<JsonNode> whole, int lengthBytes) {

    static Lines of(Disk disk, Path file) throws IOException {
      byte[] bytes;
      try (InputStream in = disk.open(file)) {
        bytes = in.readAllBytes();
      }
      List<JsonNode> whole = new ArrayList<>();
      int start = 0;
      for (int at = 0; at < bytes.length; at++) {
        if (bytes[at] == '\n') {
          JsonNode line = parse(bytes, start, at - start);
          if (line == null) {
            break;
          }
          whole.add(line);
          start = at + 1;
        }
      }
      return new Lines(whole, start);
    }

    private static JsonNode parse(byte[] bytes, int from, int length) {
      try {
        JsonNode line = JSON.readTree(new String(bytes, from, length, StandardCharsets.UTF_8));
        return line.isObject() ? line : null;
      } catch (JsonProcessingException damaged) {
        return null;
      }
    }
  }

  /** The highest generation noted when the file was opened; 0 for a new run. */
  public long lastGeneration() {
    return lastGeneration;
  }

  /**
   * Notes an event; everything but plain steps is on disk when this returns.
   *
   * @throws IOException when the disk does not take it
   */
  public void append(ProgressEvent event) throws IOException {
    if (event instanceof ProgressEvent.StepCommitted step) {
      if (step.report().step() % stepsPerLine == 0) {
        write(describe(step));
      }
      return;
    }
    ObjectNode line = line(kind(event));
    JsonNode body = JSON.valueToTree(event);
    body.properties().forEach(field -> line.set(field.getKey(), field.getValue()));
    write(line);
    file.force();
  }

  private ObjectNode describe(ProgressEvent.StepCommitted step) {
    ObjectNode line = line("step");
    line.put("step", step.report().step());
    line.put("nll", step.report().nll());
    line.put("gva", step.report().gva());
    line.put("zLoss", step.report().zLoss());
    line.put("gradientNorm", step.report().gradientNorm());
    line.put("learningRate", step.report().learningRate());
    line.put("tokensPerSecond", step.tokensPerSecond());
    line.put("applied", step.report().applied());
    return line;
  }

  private ObjectNode line(String kind) {
    return JSON.createObjectNode().put("time", clock.instant().toString()).put("kind", kind);
  }

  /** {@code GenerationFormed} becomes {@code generation-formed}. */
  private static String kind(ProgressEvent event) {
    return event
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
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
