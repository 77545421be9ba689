package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The checkpoint that is being taken, at most one at a time, and the newest one that is safe. */
final class CheckpointBook {
  private final String root;
  private CheckpointRequest pending;
  private final Map<String, List<CheckpointFile>> parts = new HashMap<>();
  private final Set<String> skipped = new HashSet<>();
  private boolean publishing;
  private long savedStep;
  private String savedFolder = "";

  CheckpointBook(String root) {
    this.root = root;
  }

  /** Starts one; none may be pending. */
  CheckpointRequest request(long generation, long step, int attempt) {
    if (pending != null) {
      throw new IllegalStateException("a checkpoint is pending");
    }
    String folder = String.format("%s/.partial-step-%08d-g%d-a%d", root, step, generation, attempt);
    pending = new CheckpointRequest(step, attempt, folder);
    parts.clear();
    publishing = false;
    return pending;
  }

  Optional<CheckpointRequest> pending() {
    return Optional.ofNullable(pending);
  }

  /** Whether this is about the pending one. */
  boolean isPending(long step, int attempt) {
    return pending != null && pending.step() == step && pending.attempt() == attempt;
  }

  /** Adds a member's part; returns all parts once, when they are complete. */
  Optional<Map<String, List<CheckpointFile>>> add(
      String trainer, List<CheckpointFile> files, int worldSize) {
    parts.put(trainer, List.copyOf(files));
    if (publishing || parts.size() < worldSize) {
      return Optional.empty();
    }
    publishing = true;
    return Optional.of(Map.copyOf(parts));
  }

  /** Names of members whose part is there. */
  boolean has(String trainer) {
    return parts.containsKey(trainer);
  }

  boolean isPublishing() {
    return publishing;
  }

  void drop() {
    pending = null;
    parts.clear();
    publishing = false;
  }

  /** Notes what the disk holds before a generation; tells once of each damaged checkpoint. */
  void resolved(RunEvent.CheckpointResolved resolved, List<RunAction> out) {
    for (String sentence : resolved.skipped()) {
      if (skipped.add(sentence)) {
        out.add(new RunAction.Report(new ProgressEvent.CheckpointSkipped(sentence)));
      }
    }
    drop();
    saved(resolved.step(), resolved.folder());
  }

  /** Notes the newest safe one. */
  void saved(long step, String folder) {
    savedStep = step;
    savedFolder = folder;
  }

  long savedStep() {
    return savedStep;
  }

  String savedFolder() {
    return savedFolder;
  }
}
