package io.hybnext.actors.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.actors.run.ProgressEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private final FileChannel channel;
  private final Clock clock;
  private final long stepsPerLine;
  private final long lastGeneration;

  private RunJournal(FileChannel channel, Clock clock, long stepsPerLine, long lastGeneration) {
    this.channel = channel;
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
    Files.createDirectories(file.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      byte[] bytes = Files.readAllBytes(file);
      int whole = wholeLength(bytes);
      channel.truncate(whole);
      channel.position(whole);
      long last = 0;
      for (JsonNode line : parse(file, bytes, whole)) {
        last = Math.max(last, line.path("generation").asLong());
      }
      return new RunJournal(channel, clock, stepsPerLine, last);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
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
    byte[] bytes = Files.readAllBytes(file);
    return parse(file, bytes, wholeLength(bytes));
  }

  private static int wholeLength(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] != '\n') {
      length--;
    }
    return length;
  }

  private static List<JsonNode> parse(Path file, byte[] bytes, int length) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    int number = 0;
    for (String line : new String(bytes, 0, length, StandardCharsets.UTF_8).split("\n")) {
      number++;
      try {
        if (!line.isBlank()) {
          lines.add(JSON.readTree(line));
        }
      } catch (JsonProcessingException damaged) {
        throw new IOException(
            file + " is damaged: line " + number + " is no JSON; remove that line or the file",
            damaged);
      }
    }
    return lines;
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
    channel.force(false);
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
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(JSON.writeValueAsString(line) + "\n");
    long start = channel.position();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      channel.truncate(start);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
