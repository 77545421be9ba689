package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.trainer.TrainerListener;
import io.hybnext.actors.trainer.TrainerLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Tells a trainer's actor what happens on the threads of its {@link TrainerLoop}. */
final class LoopReporter implements TrainerListener {
  private final String trainer;
  private final ActorRef<Trainer.Command> self;

  LoopReporter(String trainer, ActorRef<Trainer.Command> self) {
    this.trainer = trainer;
    this.self = self;
  }

  @Override
  public void opened() {
    self.tell(new Trainer.Opened());
  }

  @Override
  public void prepared(
      Generation generation, long step, Optional<StepReport> completed, PrepareTimes times) {
    self.tell(new Trainer.Prepared(generation.number(), step, completed, times));
  }

  @Override
  public void stepDone(Generation generation, StepReport report) {
    tell(new CoordinatorMessage.StepDone(trainer, generation.number(), report));
  }

  @Override
  public void partWritten(
      Generation generation,
      CheckpointRequest request,
      List<CheckpointFile> files,
      long captureNs) {
    tell(
        new CoordinatorMessage.PartWritten(
            trainer, generation.number(), request.step(), request.attempt(), files, captureNs));
  }

  @Override
  public void partFailed(Generation generation, CheckpointRequest request, String reason) {
    tell(
        new CoordinatorMessage.PartFailed(
            trainer, generation.number(), request.step(), request.attempt(), reason));
  }

  @Override
  public void broken(Generation generation, String reason, List<String> lost, boolean unreadable) {
    tell(new CoordinatorMessage.Broken(trainer, generation.number(), reason, lost, unreadable));
  }

  @Override
  public void waits(Generation generation, List<String> members, Duration stalled) {
    tell(new CoordinatorMessage.Waits(trainer, generation.number(), members, stalled.toMillis()));
  }

  @Override
  public void ended(Optional<Throwable> defect) {
    self.tell(new Trainer.Ended(defect));
  }

  private void tell(CoordinatorMessage message) {
    self.tell(new Trainer.News(message));
  }
}
