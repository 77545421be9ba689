package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.dashboard.RunActions.Result;
import io.hybnext.ops.home.OwnProgram;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Offers the run's source to ingestion again, in a process of its own so that training keeps its
 * memory: what is stored is not computed again, what was put aside is judged by the rules of now.
 * One at a time.
 */
final class QuarantineRetry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAP_MIB = 512;

  private final RunFolder folder;
  private final AtomicBoolean running = new AtomicBoolean();

  QuarantineRetry(RunFolder folder) {
    this.folder = folder;
  }

  /** Why it cannot be done now, a sentence; empty when it can. */
  String obstacle() {
    if (!folder.isRun()) {
      return "The run has not begun.";
    }
    return running.get() ? "It is under way." : "";
  }

  /** Does it; the answer comes when it is over. */
  CompletionStage<Result> begin() {
    String obstacle = obstacle();
    if (!obstacle.isEmpty() || !running.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(new Result(false, obstacle));
    }
    return CompletableFuture.supplyAsync(this::ingest)
        .whenComplete((result, error) -> running.set(false));
  }

  private Result ingest() {
    Path log = folder.logs().resolve("retry.jsonl");
    try {
      Files.createDirectories(folder.logs());
      Path settings = folder.logs().resolve("retry.conf");
      Files.writeString(settings, RunFile.read(folder).effective().toHocon());
      List<String> arguments =
          List.of("quarantine", "retry", "--json", "-c", settings.toString()); // never watches
      Process process =
          new ProcessBuilder(OwnProgram.command(HEAP_MIB, arguments))
              .redirectOutput(log.toFile())
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      process.getOutputStream().close();
      int code = process.onExit().join().exitValue();
      return told(code, Files.readAllLines(log));
    } catch (IOException e) {
      return new Result(false, "it could not be begun: " + FileFailure.explain(e));
    }
  }

  /** The last line that tells how it ended. */
  private static Result told(int code, List<String> lines) throws IOException {
    for (int i = lines.size() - 1; i >= 0; i--) {
      JsonNode line = lines.get(i).startsWith("{") ? JSON.readTree(lines.get(i)) : null;
      if (line != null && line.path("event").asText().equals("result")) {
        return new Result(
            true,
            "tried again: "
                + line.path("stored").asLong()
                + " stored, "
                + line.path("quarantined").asLong()
                + " put aside");
      } else if (line != null && line.path("event").asText().equals("failure")) {
        return new Result(false, line.path("message").asText());
      }
    }
    return new Result(false, "ingestion ended with code " + code + "; logs/retry.jsonl tells why");
  }
}
