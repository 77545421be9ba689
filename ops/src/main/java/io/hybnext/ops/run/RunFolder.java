package io.hybnext.ops.run;

import io.hybnext.streams.batch.WaveLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a run keeps what.
 *
 * @param root absolute
 */
public record RunFolder(Path root) {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  /** Makes the path absolute. */
  public RunFolder {
    root = root.toAbsolutePath().normalize();
  }

  /** What every process of the run reads, see {@link RunFile}. */
  public Path runFile() {
    return root.resolve("run.json");
  }

  /** Whether a run was begun here. */
  public boolean isRun() {
    return Files.exists(runFile());
  }

  /** Checkpoints, {@code step-NNNNNNNN} each. */
  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** Where trainers join the run, {@code host:port}; empty when it is not going on. */
  public String coordinator() throws IOException {
    return Files.exists(coordinatorFile()) ? Files.readString(coordinatorFile()).strip() : "";
  }

  /** Notes where trainers join; an empty text ends that. The run goes on when the disk is full. */
  void noteCoordinator(String address) {
    try {
      if (address.isEmpty()) {
        Files.deleteIfExists(coordinatorFile());
      } else {
        Files.writeString(coordinatorFile(), address);
      }
    } catch (IOException e) {
      LOG.warn(
          "{} cannot be written ({}): who joins needs cluster.seed-nodes = [\"{}\"]",
          coordinatorFile(),
          e.getMessage(),
          address);
    }
  }

  private Path coordinatorFile() {
    return root.resolve("coordinator.txt");
  }

  /** One log a process. */
  public Path logs() {
    return root.resolve("logs");
  }

  /** Append-only record of generations, steps and checkpoints. */
  public Path journal() {
    return root.resolve("run.jsonl");
  }

  /** At which steps new items enter. */
  public WaveLedger waves() {
    return new WaveLedger(root.resolve(WaveLedger.FILE));
  }

  /** Pictures drawn from checkpoints. */
  public Path samples() {
    return root.resolve("samples");
  }

  /** Published checkpoints, the oldest first; their files are not looked at. */
  public List<Path> publishedCheckpoints() throws IOException {
    if (!Files.isDirectory(checkpoints())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(checkpoints())) {
      return entries
          .filter(entry -> String.valueOf(entry.getFileName()).startsWith("step-"))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    }
  }
}
