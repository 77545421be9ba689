package io.hybnext.ops.command;

import io.hybnext.actors.checkpoint.CurrentCheckpoint;
import io.hybnext.config.HybnextSettings;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that choose a checkpoint, and settings that may differ from its run's. */
public final class CheckpointOptions {
  @Option(
      names = "--run",
      paramLabel = "DIR",
      description =
          "Folder of a run, for its current checkpoint (see `checkpoint list`), or its newest where"
              + " none is; default: hybnext-demo.")
  private Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "A checkpoint's folder, e.g. hybnext-demo/checkpoints/step-00001200.")
  private Path checkpoint;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting other than the run's, e.g. --set sampling.guidance=3.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  private RunFile file;

  /** Folder of the run. */
  public RunFolder runFolder() {
    if (checkpoint != null) {
      Path parent = checkpoint.toAbsolutePath().normalize().getParent();
      return new RunFolder(
          parent == null || parent.getParent() == null ? checkpoint : parent.getParent());
    }
    return new RunFolder(run == null ? Path.of("hybnext-demo") : run);
  }

  /** What the run's own file says. */
  public RunFile runFile() {
    if (file == null && checkpoint != null && !runFolder().isRun()) {
      throw new CommandFailure(
          checkpoint
              + " is no checkpoint of a run; give a folder such as RUN/checkpoints/step-00001200,"
              + " or the run's with --run");
    }
    if (file == null) {
      file = RunFile.read(runFolder());
    }
    return file;
  }

  /** The run's settings with the changes asked for. */
  public HybnextSettings settings() {
    return runFile().effective().with(overrides);
  }

  /** What the run's maths is. */
  public TrainingConfig trainingConfig() {
    return runFile().trainingConfig();
  }

  /**
   * The checkpoint.
   *
   * @throws CommandFailure when there is none
   */
  public Path checkpoint() throws IOException {
    if (checkpoint != null) {
      if (!Files.isDirectory(checkpoint)) {
        throw new CommandFailure(checkpoint + " is no folder; give a checkpoint's, or --run");
      }
      return checkpoint;
    }
    Optional<Path> current = new CurrentCheckpoint(runFolder().checkpoints()).folder();
    if (current.isPresent()) {
      return current.get();
    }
    List<Path> all = runFolder().publishedCheckpoints();
    if (all.isEmpty()) {
      throw new CommandFailure(
          runFolder().checkpoints() + " holds no checkpoint yet; train on, or give --checkpoint");
    }
    return all.get(all.size() - 1);
  }
}
