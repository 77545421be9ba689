package io.hybnext.ops.weights;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.lora.AdapterFile;
import io.hybnext.model.published.PublishedModels;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.wiring.TrainedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What an export takes weights from: a run, a run's checkpoint, or files that are no run's. */
final class ExportSource {
  private final Path path;
  private final Optional<TrainedCheckpoint> trained;

  private ExportSource(Path path, Optional<TrainedCheckpoint> trained) {
    this.path = path;
    this.trained = trained;
  }

  /**
   * Tells what a path is.
   *
   * @throws CommandFailure when it is a run without checkpoints, or of a damaged run
   */
  static ExportSource of(Path path) throws IOException {
    Path whole = path.toAbsolutePath().normalize();
    RunFolder run = new RunFolder(whole);
    Path parent = whole.getParent();
    if (Files.exists(run.runFile())) {
      List<Path> all = run.publishedCheckpoints();
      if (all.isEmpty()) {
        throw new CommandFailure(path + " is a run that has no checkpoint yet; train on");
      }
      return trained(run, all.get(all.size() - 1));
    } else if (parent != null && parent.getParent() != null) {
      RunFolder above = new RunFolder(parent.getParent());
      if (Files.exists(above.runFile()) && parent.equals(above.checkpoints())) {
        return trained(above, whole);
      }
    }
    return new ExportSource(path, Optional.empty());
  }

  private static ExportSource trained(RunFolder run, Path checkpoint) {
    TrainedCheckpoint trained =
        new TrainedCheckpoint(RunFile.read(run).trainingConfig(), checkpoint);
    return new ExportSource(checkpoint, Optional.of(trained));
  }

  /**
   * The weights, with all that the original project's loader wants. The caller closes them.
   *
   * @param projector whether a run's projector goes along; empty for what its project does
   */
  Checkpoint open(Optional<Boolean> projector) throws IOException {
    if (trained.isEmpty()) {
      return PublishedModels.forItsLoader(PublishedModels.open(path, Optional.empty()));
    }
    boolean usual = trained.get().config().network() instanceof ChameleonConfig;
    return trained.get().open(projector.orElse(usual));
  }

  /**
   * A run's adapters. The caller closes their tensors.
   *
   * @throws CommandFailure when it has none
   */
  AdapterFile adapters() throws IOException {
    return (trained.isPresent() ? trained.get().adapters() : Optional.<AdapterFile>empty())
        .orElseThrow(
            () ->
                new CommandFailure(
                    path
                        + " holds no adapters: want a checkpoint of a run with lora.rank above 0"));
  }

  /** What adapters name their network. */
  String baseName() {
    return trained
        .flatMap(checkpoint -> checkpoint.config().start())
        .map(start -> start.folder().toString())
        .orElse("");
  }

  /** Settings to write beside weights; empty where {@link #folder} holds them. */
  Optional<ObjectNode> settings() throws IOException {
    return trained.isPresent() ? Optional.of(trained.get().settings()) : Optional.empty();
  }

  /** Where files lie that go along with weights. */
  Path folder() {
    if (trained.isPresent()) {
      return trained.get().config().start().map(start -> start.folder()).orElse(path);
    }
    return Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
  }

  /** The checkpoint's folder or file. */
  Path path() {
    return path;
  }
}
