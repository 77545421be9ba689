package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** The checkpoint that is being taken, at most one at a time, and the newest one that is safe. */
final class CheckpointBook {
  private final String root;
  private CheckpointRequest pending;
  private final Map<String, List<CheckpointFile>> parts = new HashMap<>();
  private final Set<String> skipped = new HashSet<>();
  private Generation writers; // of the pending one
  private long captureNs; // of the slowest of them; 0 while none told
  private boolean publishing;
  private boolean overdue;
  private boolean wished;
  private long lastStep = -1; // of the newest request
  private int lastAttempt;
  private long savedStep;
  private String savedFolder = "";

  CheckpointBook(String root) {
    this.root = root;
  }

  /** Starts one that every member of a generation writes its part of; none may be pending. */
  CheckpointRequest request(Generation generation, long step, int attempt) {
    if (pending != null) {
      throw new IllegalStateException("a checkpoint is pending");
    }
    String folder =
        String.format("%s/.partial-step-%08d-g%d-a%d", root, step, generation.number(), attempt);
    pending = new CheckpointRequest(step, attempt, folder);
    lastStep = step;
    lastAttempt = attempt;
    wished = false;
    writers = generation;
    parts.clear();
    captureNs = 0;
    publishing = false;
    overdue = false;
    return pending;
  }

  /**
   * Another generation follows. What is pending goes on only if everybody who has to write a part
   * of it has written it, or lives and has taken it; else it is dropped.
   *
   * @param taken whether a trainer lives and is past the pending checkpoint's step
   */
  void carryOver(Predicate<String> taken, List<RunAction> out) {
    if (pending == null || publishing) {
      return;
    }
    boolean whole =
        writers.members().stream()
            .map(Member::trainer)
            .allMatch(trainer -> parts.containsKey(trainer) || taken.test(trainer));
    if (!whole) {
      out.add(new RunAction.DropCheckpoint(pending));
      drop();
      overdue = true;
    }
  }

  /** Whether a checkpoint was dropped for the sake of another generation: one is due at once. */
  boolean isOverdue() {
    return overdue;
  }

  /** Somebody wants one as soon as may be. */
  void wish() {
    wished = true;
  }

  /** Whether somebody wants one that was not begun yet. */
  boolean isWished() {
    return wished;
  }

  /** Number of the next attempt at a step. */
  int nextAttempt(long step) {
    return step == lastStep ? lastAttempt + 1 : 0;
  }

  /** Whether a trainer writes a part of the pending checkpoint, in this generation. */
  boolean isWriter(String trainer, long generation) {
    return pending != null && writers.number() == generation && writers.isMember(trainer);
  }

  /** Names of those whose part of the pending checkpoint is not there. */
  List<String> missing() {
    return writers.members().stream()
        .map(Member::trainer)
        .filter(trainer -> !parts.containsKey(trainer))
        .toList();
  }

  /** The generation that writes the pending checkpoint. */
  Generation writers() {
    return writers;
  }

  Optional<CheckpointRequest> pending() {
    return Optional.ofNullable(pending);
  }

  /** Whether this is about the pending one. */
  boolean isPending(long step, int attempt) {
    return pending != null && pending.step() == step && pending.attempt() == attempt;
  }

  /** For how long the members' steps were held up by the pending one; empty if none told. */
  OptionalLong captureNs() {
    return pending == null || captureNs == 0 ? OptionalLong.empty() : OptionalLong.of(captureNs);
  }

  /**
   * Adds a member's part; returns all parts once, when they are complete.
   *
   * @param heldNs for how long the member's steps were held up; 0 when it did not tell
   */
  Optional<Map<String, List<CheckpointFile>>> add(
      String trainer, List<CheckpointFile> files, long heldNs) {
    parts.put(trainer, List.copyOf(files));
    captureNs = Math.max(captureNs, heldNs);
    if (publishing || parts.size() < writers.worldSize()) {
      return Optional.empty();
    }
    publishing = true;
    return Optional.of(Map.copyOf(parts));
  }

  /** A member wrote its part; asks for the publication when that was the last one. */
  void onPart(RunEvent.PartWritten part, List<RunAction> out) {
    if (!isPending(part.step(), part.attempt()) || !isWriter(part.trainer(), part.generation())) {
      return;
    }
    CheckpointRequest request = pending;
    add(part.trainer(), part.files(), part.captureNs())
        .ifPresent(all -> out.add(new RunAction.PublishCheckpoint(writers, request, all)));
  }

  /** A checkpoint is in its place: it is the newest safe one, and watchers are told. */
  void onPublished(RunEvent.CheckpointPublished published, List<RunAction> out) {
    saved(published.step(), published.folder());
    boolean mine = pending != null && pending.step() == published.step();
    OptionalLong heldNs = mine ? captureNs() : OptionalLong.empty();
    RunCourse.tell(
        new ProgressEvent.CheckpointSaved(
            published.step(),
            published.folder(),
            published.sizeBytes(),
            heldNs.isPresent() ? heldNs.getAsLong() / 1e6 : null),
        out);
    if (mine) {
      drop();
    }
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
    overdue = false;
  }

  long savedStep() {
    return savedStep;
  }

  String savedFolder() {
    return savedFolder;
  }
}
