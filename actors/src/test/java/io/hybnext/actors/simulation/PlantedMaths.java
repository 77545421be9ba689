package io.hybnext.actors.simulation;

import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.streams.batch.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** {@link PlantedBug}s in the maths of a trainer. */
final class PlantedMaths {
  private PlantedMaths() {}

  static final class DoubledGradient extends PlantedTrainStep {
    DoubledGradient(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public Loss forwardBackward(Batch batch, GradientSink sink) {
      return real.forwardBackward(
          batch,
          (bucket, gradient) -> {
            UnsafeBuffer twice = new UnsafeBuffer(new byte[gradient.capacity()]);
            boolean again = trainer.incarnation() > 1 && bucket == 0;
            for (int at = 0; at < twice.capacity(); at += Float.BYTES) {
              twice.putFloat(at, gradient.getFloat(at) * (again ? 2 : 1));
            }
            sink.accept(bucket, twice);
          });
    }
  }

  static final class SkippingDeputy extends PlantedTrainStep {
    SkippingDeputy(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
      if (!trainer.isInStep() || trainer.owned().contains(chunk)) {
        super.update(chunk, gradient, offset, scale, step);
      }
    }
  }

  static final class ForgetfulStep extends PlantedTrainStep {
    private long first = -1;

    ForgetfulStep(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
      first = first < 0 ? step : first;
      super.update(chunk, gradient, offset, scale, step - first);
    }
  }

  static final class UpdatingTwice extends PlantedTrainStep {
    UpdatingTwice(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
      super.update(chunk, gradient, offset, scale, step);
      if (!trainer.isInStep()) {
        super.update(chunk, gradient, offset, scale, step);
      }
    }
  }

  static final class LosingMoments extends PlantedTrainStep {
    LosingMoments(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
      int bytes = 2 * layout().buckets().get(chunk.bucket()).length() * Float.BYTES;
      super.writeMoments(chunk, new UnsafeBuffer(new byte[bytes]), 0);
    }
  }

  static final class MixingMoments extends PlantedTrainStep {
    MixingMoments(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
      int bytes = layout().buckets().get(chunk.bucket()).length() * Float.BYTES;
      UnsafeBuffer both = new UnsafeBuffer(new byte[2 * bytes]);
      super.readMoments(chunk, both, 0);
      to.putBytes(offset, both, bytes, bytes);
      to.putBytes(offset + bytes, both, 0, bytes);
    }
  }

  static final class RestoringHalf extends PlantedTrainStep {
    RestoringHalf(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void restore(Path checkpoint) throws IOException {
      super.restore(checkpoint);
      java.util.Arrays.fill(real.moments(0), 0);
    }
  }

  static final class LettingGo extends PlantedTrainStep {
    LettingGo(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public void hold(Collection<Chunk> chunks) {
      super.hold(List.of());
      super.hold(chunks);
    }
  }

  static final class ClippingAlone extends PlantedTrainStep {
    ClippingAlone(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public double clipNorm() {
      return trainer.slot() == 1 ? 2 : 1;
    }
  }

  static final class CapturingLate extends PlantedTrainStep {
    private CheckpointPart before;

    CapturingLate(SimulatedTrainer trainer, SimulatedTrainStep real) {
      super(trainer, real);
    }

    @Override
    public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
      CheckpointPart now = super.capture(owned, rank, worldSize);
      CheckpointPart taken = before == null || worldSize > 1 ? now : before;
      before = now;
      return taken;
    }
  }
}
