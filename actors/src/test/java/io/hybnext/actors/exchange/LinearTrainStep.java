package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Gradient descent with momentum; gradients depend on step, microshard and place alone. */
final class LinearTrainStep implements TrainStep {
  static final float RATE = 0.5f;
  static final float MOMENTUM = 0.25f;

  private final BucketLayout layout;
  private final List<UnsafeBuffer> weights = new ArrayList<>();
  private final Map<Chunk, UnsafeBuffer> moments = new HashMap<>();
  private final double clipNorm;
  int changedBuckets;

  LinearTrainStep(BucketLayout layout, double clipNorm) {
    this.layout = layout;
    this.clipNorm = clipNorm;
    layout.buckets().forEach(bucket -> weights.add(floats(bucket.length())));
  }

  static UnsafeBuffer floats(int length) {
    return new UnsafeBuffer(
        ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder()));
  }

  /** Numbers of very different size, so that every other order of summing shows. */
  static float gradient(long step, int microshard, int bucket, int element) {
    int mixed = (int) (step * 31 + microshard) * 0x9E3779B9 + bucket * 0x85EBCA6B + element;
    mixed ^= mixed >>> 15;
    mixed *= 0x2C1B3C6D;
    mixed ^= mixed >>> 12;
    return ((mixed >> 8) / 1e6f) * (1 << (mixed & 7));
  }

  static TrainStep.Loss loss(long step, int microshard) {
    return new TrainStep.Loss(step + microshard / 3.0, microshard / 7.0, 0.1, 10 + microshard);
  }

  @Override
  public BucketLayout layout() {
    return layout;
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    UnsafeBuffer bucket = weights.get(chunk.bucket());
    UnsafeBuffer moment = moments(chunk);
    for (int i = 0; i < length; i++) {
      int at = (chunk.offset() + i) * Float.BYTES;
      float slope = gradient.getFloat(offset + i * Float.BYTES) * scale;
      float mean = MOMENTUM * moment.getFloat(i * Float.BYTES) + slope;
      moment.putFloat(i * Float.BYTES, mean);
      bucket.putFloat(at, bucket.getFloat(at) - RATE * mean);
    }
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    return weights.get(bucket);
  }

  @Override
  public void weightsChanged(int bucket) {
    changedBuckets++;
  }

  @Override
  public double learningRate(long step) {
    return RATE;
  }

  @Override
  public double clipNorm() {
    return clipNorm;
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    throw new UnsupportedOperationException("the tests hand over gradients themselves");
  }

  private UnsafeBuffer moments(Chunk chunk) {
    int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    return moments.computeIfAbsent(chunk, each -> floats(2 * length));
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    moments.keySet().retainAll(chunks);
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    to.putBytes(offset, moments(chunk), 0, moments(chunk).capacity());
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    moments(chunk).putBytes(0, from, offset, moments(chunk).capacity());
  }

  @Override
  public void initialise() {
    weights.forEach(bucket -> bucket.setMemory(0, bucket.capacity(), (byte) 0));
    moments.clear();
  }

  @Override
  public void restore(Path checkpoint) {
    throw new UnsupportedOperationException("no checkpoints here");
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    throw new UnsupportedOperationException("no checkpoints here");
  }

  @Override
  public void close() {}
}
