package io.hybnext.ops.gate;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.CurrentCheckpoint;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A person's choice of the current checkpoint. Only what is current changes: the run goes on with
 * the weights that it has, and its next checkpoint becomes current when it passes the gate.
 */
public final class CheckpointChoice {
  private final RunFolder folder;
  private final CurrentCheckpoint current;
  private final Verdicts verdicts;
  private final Clock clock;

  /** Of a run. */
  public CheckpointChoice(RunFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    current = new CurrentCheckpoint(folder.checkpoints());
    verdicts = new Verdicts(folder.checkpoints());
  }

  /**
   * A published checkpoint.
   *
   * @param step number of steps in it
   * @param folder where it is
   * @param current whether it is the one to be used
   * @param verdict the last one on it; empty when nobody judged it
   */
  public record Listed(long step, Path folder, boolean current, Optional<Verdict> verdict) {}

  /** All published ones, the oldest first. */
  public List<Listed> list() throws IOException {
    Optional<Path> used = current.folder();
    Map<Long, Verdict> last = verdicts.last();
    List<Listed> all = new ArrayList<>();
    for (Path checkpoint : folder.publishedCheckpoints()) {
      long step = CheckpointFolder.step(checkpoint);
      boolean isUsed =
          used.isPresent() && used.get().getFileName().equals(checkpoint.getFileName());
      all.add(new Listed(step, checkpoint, isUsed, Optional.ofNullable(last.get(step))));
    }
    return all;
  }

  /**
   * Makes a checkpoint current, whatever the gate said.
   *
   * @throws CommandFailure with a sentence when it is not there or damaged
   */
  public void use(long step) {
    Path checkpoint = folder.checkpoints().resolve(CheckpointFolder.name(step));
    if (!Files.isDirectory(checkpoint)) {
      throw new CommandFailure(
          "there is no checkpoint of step "
              + step
              + " any more, or it never was; see `hybnext checkpoint list`");
    }
    try {
      CheckpointFolder.verify(checkpoint);
      verdicts.add(Verdict.ofOperator(now(), step, true, "chosen by an operator"));
      current.use(step);
    } catch (CheckpointException e) {
      throw new CommandFailure(e.getMessage() + "; see `hybnext checkpoint list`", e);
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  /**
   * Refuses the checkpoint that is current, or the newest where none is, and makes the newest good
   * one before it current.
   *
   * @return step of the one that is current now
   * @throws CommandFailure with a sentence when there is no good one before
   */
  public long rollBack() {
    try {
      List<Listed> all = list();
      if (all.isEmpty()) {
        throw new CommandFailure(folder.checkpoints() + " holds no checkpoint yet");
      }
      Listed bad = all.stream().filter(Listed::current).findFirst().orElse(all.get(all.size() - 1));
      Listed good =
          all.stream()
              .filter(one -> one.step() < bad.step() && isGood(one))
              .reduce((older, newer) -> newer)
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          "no good checkpoint is kept from before step "
                              + bad.step()
                              + "; choose one with `hybnext checkpoint use`"));
      verdicts.add(Verdict.ofOperator(now(), bad.step(), false, "rolled back by an operator"));
      current.use(good.step());
      return good.step();
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  /** Not refused, and whole. */
  private static boolean isGood(Listed checkpoint) {
    if (!checkpoint.verdict().map(Verdict::accepted).orElse(true)) {
      return false;
    }
    try {
      CheckpointFolder.verify(checkpoint.folder());
      return true;
    } catch (CheckpointException damaged) {
      return false;
    }
  }

  private String now() {
    return clock.instant().toString();
  }

  private CommandFailure cannot(IOException e) {
    return new CommandFailure(
        "the current checkpoint in "
            + folder.checkpoints()
            + " cannot be changed: "
            + FileFailure.explain(e),
        e);
  }
}
