package io.hybnext.actors.simulation;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.checkpoint.PartWriter;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.step.TrainStep.CheckpointPart;
import java.nio.file.Path;
import java.util.List;

/** Writes a trainer's parts of checkpoints in the background, one at a time. */
final class SimulatedWriter {
  private static final long CAPTURE_NS = Scenario.SECOND / 20;

  private final World world;
  private final SimulatedTrainer trainer;
  private boolean writing;

  SimulatedWriter(World world, SimulatedTrainer trainer) {
    this.world = world;
    this.trainer = trainer;
  }

  /** Whether the part before is not on disk yet. */
  boolean isWriting() {
    return writing;
  }

  /** Writes a part, soon. */
  void write(Generation of, CheckpointRequest request, CheckpointPart part) {
    writing = true;
    trainer.after(CAPTURE_NS, () -> writeNow(of, request, part));
  }

  private void writeNow(Generation of, CheckpointRequest request, CheckpointPart part) {
    String name = trainer.name();
    RunEvent outcome;
    try {
      List<CheckpointFile> files = PartWriter.write(world.disk(), part, Path.of(request.folder()));
      outcome =
          new RunEvent.PartWritten(name, of.number(), request.step(), request.attempt(), files, 0);
    } catch (CheckpointException e) {
      outcome =
          new RunEvent.PartFailed(
              name, of.number(), request.step(), request.attempt(), e.getMessage());
    }
    writing = false;
    trainer.news().tell(outcome);
    trainer.onGoOn();
  }
}
