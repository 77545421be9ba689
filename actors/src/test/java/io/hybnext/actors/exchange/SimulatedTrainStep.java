package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Small maths with weights and two moments: gradients follow from weights, step and microshard, and
 * the update from all of them, so any part that is wrong shows in the end. Fails when it is asked
 * for moments that it was not told to hold, and where a test wants it to.
 */
final class SimulatedTrainStep implements TrainStep {
  private static final int NEVER = -1;

  private final BucketLayout layout;
  private final List<UnsafeBuffer> weights = new ArrayList<>();
  private final List<UnsafeBuffer> working = new ArrayList<>();
  private final Map<Integer, UnsafeBuffer> moments = new TreeMap<>(); // by bucket: one chunk each
  private int writesUntilFailure = NEVER;

  SimulatedTrainStep(BucketLayout layout) {
    this.layout = layout;
    for (BucketLayout.Bucket bucket : layout.buckets()) {
      weights.add(floats(bucket.length()));
      working.add(floats(bucket.length()));
    }
  }

  private static UnsafeBuffer floats(int length) {
    return new UnsafeBuffer(new byte[length * Float.BYTES]);
  }

  /** After some more updates or writes of moments one fails halfway. */
  void failAfter(int writes) {
    writesUntilFailure = writes;
  }

  private boolean failsNow() {
    return writesUntilFailure != NEVER && writesUntilFailure-- == 0;
  }

  @Override
  public BucketLayout layout() {
    return layout;
  }

  /** The gradient of one microshard with the present working weights. */
  UnsafeBuffer gradient(long step, int microshard, int bucket) {
    UnsafeBuffer of = working.get(bucket);
    UnsafeBuffer gradient = floats(of.capacity() / Float.BYTES);
    for (int i = 0; i < of.capacity() / Float.BYTES; i++) {
      float noise = LinearTrainStep.gradient(step, microshard, bucket, i);
      gradient.putFloat(i * 4, of.getFloat(i * 4) * 0.3f + noise);
    }
    return gradient;
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    UnsafeBuffer w = weights.get(chunk.bucket());
    UnsafeBuffer m = held(chunk);
    int length = w.capacity() / Float.BYTES;
    boolean fails = failsNow();
    for (int i = 0; i < (fails ? length / 2 : length); i++) {
      float g = gradient.getFloat(offset + i * 4) * scale;
      float mean = 0.9f * m.getFloat(i * 4) + 0.1f * g;
      float square = 0.99f * m.getFloat((length + i) * 4) + 0.01f * g * g;
      m.putFloat(i * 4, mean);
      m.putFloat((length + i) * 4, square);
      w.putFloat(i * 4, w.getFloat(i * 4) - mean / ((float) Math.sqrt(square) + 0.1f + step));
    }
    if (fails) {
      throw new InjectedFailure();
    }
  }

  private UnsafeBuffer held(Chunk chunk) {
    UnsafeBuffer of = moments.get(chunk.bucket());
    if (of == null) {
      throw new IllegalStateException(chunk + " is not held");
    }
    return of;
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    return weights.get(bucket);
  }

  @Override
  public void weightsChanged(int bucket) {
    working.get(bucket).putBytes(0, weights.get(bucket), 0, weights.get(bucket).capacity());
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    moments.keySet().removeIf(bucket -> !chunks.contains(new Chunk(bucket, 0)));
    for (Chunk chunk : chunks) {
      int length = layout.buckets().get(chunk.bucket()).length();
      moments.computeIfAbsent(chunk.bucket(), bucket -> floats(2 * length));
    }
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    to.putBytes(offset, held(chunk), 0, held(chunk).capacity());
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    boolean fails = failsNow();
    int bytes = held(chunk).capacity();
    held(chunk).putBytes(0, from, offset, fails ? bytes / 2 / 4 * 4 : bytes);
    if (fails) {
      throw new InjectedFailure();
    }
  }

  /** A failure of the maths that a test asked for. */
  static final class InjectedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public void initialise() {
    moments.clear();
    for (int bucket = 0; bucket < weights.size(); bucket++) {
      int length = layout.buckets().get(bucket).length();
      for (int i = 0; i < length; i++) {
        weights.get(bucket).putFloat(i * 4, LinearTrainStep.gradient(-7, 3, bucket, i) * 1e-3f);
      }
      moments.put(bucket, floats(2 * length));
      weightsChanged(bucket);
    }
  }

  /** Takes over everything from another. */
  void copyFrom(SimulatedTrainStep other) {
    for (int bucket = 0; bucket < weights.size(); bucket++) {
      weights.get(bucket).putBytes(0, other.weights.get(bucket), 0, bytes(bucket));
      UnsafeBuffer copy = floats(2 * layout.buckets().get(bucket).length());
      copy.putBytes(0, other.moments.get(bucket), 0, copy.capacity());
      moments.put(bucket, copy);
      weightsChanged(bucket);
    }
  }

  private int bytes(int bucket) {
    return weights.get(bucket).capacity();
  }

  boolean sameWeights(SimulatedTrainStep other) {
    return weights.equals(other.weights) && working.equals(other.working);
  }

  boolean sameWorkingWeights(SimulatedTrainStep other) {
    return working.equals(other.working);
  }

  boolean sameMoments(SimulatedTrainStep other, Chunk chunk) {
    return held(chunk).equals(other.held(chunk));
  }

  /** Chunks whose moments are in memory. */
  int heldChunks() {
    return moments.size();
  }

  @Override
  public double learningRate(long step) {
    return 1;
  }

  @Override
  public double clipNorm() {
    return 50;
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    throw new UnsupportedOperationException("the tests hand over gradients themselves");
  }

  @Override
  public void restore(Path checkpoint) {
    throw new UnsupportedOperationException("the tests restore from a reference");
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    throw new UnsupportedOperationException("no checkpoints here");
  }

  @Override
  public void close() {}
}
