package io.hybnext.ops.intake;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.AtomicFile;
import io.hybnext.ops.report.ReportData.Ingestion.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
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
 */
public record IntakeFile(String at, boolean going, long seen, List<Stage> stages) {
  private static final Logger LOG = LoggerFactory.getLogger(IntakeFile.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "intake.json";

  /** Copies the list. */
  public IntakeFile {
    stages = List.copyOf(stages);
  }

  static IntakeFile now(boolean going, long seen, List<Stage> stages) {
    return new IntakeFile(Instant.now().toString(), going, seen, stages);
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
