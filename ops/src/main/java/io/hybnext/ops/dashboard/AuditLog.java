package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.file.Disk;
import io.hybnext.ops.http.Principal;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;

/**
 * {@code audit.jsonl} of a run's folder: who asked for what and when, on disk before it is done,
 * and what came of it. Lines are only ever appended. Thread-safe.
 */
public final class AuditLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Clock clock;

  /** The log of a run. */
  public AuditLog(RunFolder folder, Clock clock) {
    file = file(folder);
    this.clock = clock;
  }

  /** Where a run's log is. */
  static Path file(RunFolder folder) {
    return folder.root().resolve("audit.jsonl");
  }

  /**
   * Notes that somebody asked for something.
   *
   * @param arguments what it is about
   * @return a name that {@link #outcome} ties to it
   * @throws IOException when the disk does not take it; it must not be done then
   */
  public String asked(Principal who, String action, Map<String, String> arguments)
      throws IOException {
    String id = UUID.randomUUID().toString();
    ObjectNode line = line(id).put("who", who.name()).put("role", who.role().key());
    line.put("action", action);
    ObjectNode about = line.putObject("about");
    arguments.forEach(about::put);
    append(line);
    return id;
  }

  /**
   * Notes what came of it.
   *
   * @param id of {@link #asked}
   * @param done whether it was done
   * @param sentence how, or why not
   */
  public void outcome(String id, boolean done, String sentence) throws IOException {
    append(line(id).put("outcome", done ? "done" : "refused").put("sentence", sentence));
  }

  private ObjectNode line(String id) {
    return JSON.createObjectNode().put("time", clock.instant().toString()).put("id", id);
  }

  private synchronized void append(ObjectNode line) throws IOException {
    byte[] bytes = (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    long length = Files.exists(file) ? Files.size(file) : 0;
    try (Disk.Appender appender = Disk.LOCAL.append(file, length)) {
      try {
        appender.write(bytes);
        appender.force();
      } catch (IOException e) {
        appender.truncate(length);
        throw e;
      }
    }
  }
}
