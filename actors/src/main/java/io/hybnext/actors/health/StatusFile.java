package io.hybnext.actors.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * {@code status.json} of a run's folder: the newest {@link RunSnapshot}, replaced about once a
 * second as a whole. It is not forced to the disk, since after a crash it would be old anyway; the
 * journal is what lasts.
 */
public final class StatusFile {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private StatusFile() {}

  /** The file of a run's folder. */
  public static Path of(Path run) {
    return run.resolve("status.json");
  }

  /** Replaces it. */
  public static void write(Path run, RunSnapshot snapshot) throws IOException {
    Path unfinished = run.resolve(".status.json." + snapshot.process() + ".tmp");
    try {
      Files.write(unfinished, JSON.writeValueAsBytes(snapshot));
      Files.move(unfinished, of(run), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  /**
   * Reads it; empty when there is none, or what a loss of power left of one.
   *
   * @throws IOException when the disk does not let it
   */
  public static Optional<RunSnapshot> read(Path run) throws IOException {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(of(run)), RunSnapshot.class));
    } catch (NoSuchFileException | JsonProcessingException none) {
      return Optional.empty();
    }
  }
}
