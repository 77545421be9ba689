package io.hybnext.ops.intake;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.AtomicFile;
import io.hybnext.ops.report.ReportData.Ingestion.Stage;
import io.hybnext.streams.flow.StageSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code intake.json} in a store: what the ingestion into it does now, or did last, written about
 * once a second for whoever watches it.
 *
 * @param at when it was written, ISO 8601
 * @param going whether it goes on
 * @param seen items that its source offered
 * @param stages in the order of the stream, with rates and queues
 * @param waiting images in front of each stage and in it, by its name
 */
public record IntakeFile(
    String at, boolean going, long seen, List<Stage> stages, Map<String, Long> waiting) {
  private static final Logger LOG = LoggerFactory.getLogger(IntakeFile.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "intake.json";

  /** Copies the collections; files of earlier releases do not tell what waits. */
  public IntakeFile {
    stages = List.copyOf(stages);
    waiting = waiting == null ? Map.of() : Map.copyOf(waiting);
  }

  static IntakeFile now(
      boolean going, long seen, List<Stage> stages, List<StageSnapshot> snapshots) {
    Map<String, Long> waiting = new HashMap<>();
    snapshots.forEach(of -> waiting.put(of.stage(), of.queueDepth() + of.inProgress()));
    return new IntakeFile(Instant.now().toString(), going, seen, stages, waiting);
  }

  /** Writes the file as a whole; ingestion goes on when the disk does not let it. */
  void write(Path store) {
    try {
      AtomicFile.write(store.resolve(NAME), JSON.writeValueAsBytes(this));
    } catch (IOException e) {
      LOG.debug("{} cannot be written", store.resolve(NAME), e);
    }
  }

  /** What a store's file says; empty without one. */
  public static Optional<IntakeFile> read(Path store) throws IOException {
    Path file = store.resolve(NAME);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), IntakeFile.class))
        : Optional.empty();
  }
}
