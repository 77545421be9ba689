package io.hybnext.tests.equality;

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

/**
 * The maths of a trainer that may fail or stall before any call that computes or changes something,
 * and between two buckets of a backward pass.
 */
record TroubledTrainStep(TrainStep maths, Trouble trouble) implements TrainStep {

  @Override
  public BucketLayout layout() {
    return maths.layout();
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    trouble.pass();
    return maths.forwardBackward(
        batch,
        (bucket, gradient) -> {
          trouble.pass();
          sink.accept(bucket, gradient);
        });
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    trouble.pass();
    maths.update(chunk, gradient, offset, scale, step);
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    return maths.weights(bucket);
  }

  @Override
  public void weightsChanged(int bucket) {
    trouble.pass();
    maths.weightsChanged(bucket);
  }

  @Override
  public double learningRate(long step) {
    return maths.learningRate(step);
  }

  @Override
  public double clipNorm() {
    return maths.clipNorm();
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    trouble.pass();
    maths.hold(chunks);
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    trouble.pass();
    maths.readMoments(chunk, to, offset);
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    trouble.pass();
    maths.writeMoments(chunk, from, offset);
  }

  @Override
  public void initialise() {
    maths.initialise();
  }

  @Override
  public void restore(Path checkpoint) throws IOException {
    maths.restore(checkpoint);
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    trouble.pass();
    return maths.capture(owned, rank, worldSize);
  }

  @Override
  public void close() {
    maths.close();
  }
}
