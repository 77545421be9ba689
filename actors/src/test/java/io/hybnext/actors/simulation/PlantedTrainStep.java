package io.hybnext.actors.simulation;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The maths of a simulated trainer, for bugs to be planted in. */
class PlantedTrainStep implements TrainStep {
  final SimulatedTrainer trainer;
  final SimulatedTrainStep real;

  PlantedTrainStep(SimulatedTrainer trainer, SimulatedTrainStep real) {
    this.trainer = trainer;
    this.real = real;
  }

  @Override
  public BucketLayout layout() {
    return real.layout();
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    return real.forwardBackward(batch, sink);
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    real.update(chunk, gradient, offset, scale, step);
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    return real.weights(bucket);
  }

  @Override
  public void weightsChanged(int bucket) {
    real.weightsChanged(bucket);
  }

  @Override
  public double learningRate(long step) {
    return real.learningRate(step);
  }

  @Override
  public double clipNorm() {
    return real.clipNorm();
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    real.hold(chunks);
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    real.readMoments(chunk, to, offset);
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    real.writeMoments(chunk, from, offset);
  }

  @Override
  public void initialise() {
    real.initialise();
  }

  @Override
  public void restore(Path checkpoint) throws IOException {
    real.restore(checkpoint);
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    return real.capture(owned, rank, worldSize);
  }

  @Override
  public void close() {
    real.close();
  }
}
