package io.hybnext.actors.simulation;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.file.Disk;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * AdamW on a few numbers. Gradients follow from weights and items, differ in size by many powers of
 * two and depend on the order in which they are summed; so a gradient that is lost, doubled, summed
 * in another order or taken of other weights shows in the bits of every step after it. A bucket is
 * one chunk.
 */
final class SimulatedTrainStep implements TrainStep {
  private static final float RATE = 0.01f;
  private static final float DECAY = 0.1f;
  private static final float FIRST = 0.9f;
  private static final float SECOND = 0.95f;
  private static final float EPSILON = 1e-8f;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int NOT_FINITE = 61; // one item in so many, on average, in every epoch

  /** Steps of which one is always finite: a run whose model fails tells nothing of the protocol. */
  private static final int SPARED = 8;

  private final Disk disk;
  private final LongConsumer updates;
  private final BucketLayout layout;
  private final UnsafeBuffer[] weights; // by bucket
  private final float[][] moments; // by bucket: means, then means of squares
  private final UnsafeBuffer[] gradients;
  private final BitSet held = new BitSet();

  /** One that nobody watches. */
  SimulatedTrainStep(SimulatedModel model, Disk disk) {
    this(model, disk, step -> {});
  }

  /**
   * A member's.
   *
   * @param updates told of the step before every update of a chunk
   */
  SimulatedTrainStep(SimulatedModel model, Disk disk, LongConsumer updates) {
    this.disk = disk;
    this.updates = updates;
    layout = model.layout();
    int buckets = layout.buckets().size();
    weights = new UnsafeBuffer[buckets];
    gradients = new UnsafeBuffer[buckets];
    moments = new float[buckets][];
    for (int bucket = 0; bucket < buckets; bucket++) {
      int length = layout.buckets().get(bucket).length();
      weights[bucket] = new UnsafeBuffer(new byte[length * Float.BYTES]);
      gradients[bucket] = new UnsafeBuffer(new byte[length * Float.BYTES]);
      moments[bucket] = new float[2 * length];
    }
  }

  @Override
  public BucketLayout layout() {
    return layout;
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    long key = batch.step() + 1; // the same items in another step are another gradient
    boolean finite = true;
    for (Sample sample : batch.samples()) {
      key = mix(key * GOLDEN + sample.item());
      finite &= (sample.item() * 31 + batch.step() / 7) % NOT_FINITE != 0;
    }
    boolean spared = batch.step() % SPARED == 0;
    double loss = finite || spared ? 0 : Double.NaN;
    for (int bucket = weights.length - 1; bucket >= 0; bucket--) {
      loss += gradient(key + bucket, bucket);
      sink.accept(bucket, gradients[bucket]);
    }
    return new Loss(loss, loss / 3, 0.5, batch.samples().size());
  }

  private double gradient(long key, int bucket) {
    UnsafeBuffer of = weights[bucket];
    UnsafeBuffer to = gradients[bucket];
    double loss = 0;
    for (int at = 0; at < of.capacity(); at += Float.BYTES) {
      long bits = mix(key + at * GOLDEN);
      float noise = (bits >>> 40) * 0x1p-24f - 0.5f;
      float error = of.getFloat(at) - noise;
      to.putFloat(at, error * (1 << (bits & 15)) * 0x1p-8f);
      loss += error * error;
    }
    return loss;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    checkHeld(chunk);
    updates.accept(step);
    UnsafeBuffer of = weights[chunk.bucket()];
    float[] moment = moments[chunk.bucket()];
    int length = moment.length / 2;
    float rate = (float) learningRate(step);
    for (int i = 0; i < length; i++) {
      float g = gradient.getFloat(offset + i * Float.BYTES) * scale;
      moment[i] = FIRST * moment[i] + (1 - FIRST) * g;
      moment[length + i] = SECOND * moment[length + i] + (1 - SECOND) * g * g;
      float w = of.getFloat(i * Float.BYTES);
      float change = moment[i] / ((float) Math.sqrt(moment[length + i]) + EPSILON) + DECAY * w;
      of.putFloat(i * Float.BYTES, w - rate * change);
    }
  }

  private void checkHeld(Chunk chunk) {
    if (!held.get(chunk.bucket())) {
      throw new IllegalStateException("the moments of " + chunk + " are not held");
    }
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    return weights[bucket];
  }

  @Override
  public void weightsChanged(int bucket) {}

  @Override
  public double learningRate(long step) {
    return RATE / (1 + (step & 7));
  }

  @Override
  public double clipNorm() {
    return 1;
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    BitSet wanted = new BitSet();
    chunks.forEach(chunk -> wanted.set(chunk.bucket()));
    for (int bucket = 0; bucket < moments.length; bucket++) {
      if (wanted.get(bucket) != held.get(bucket)) {
        java.util.Arrays.fill(moments[bucket], 0);
      }
    }
    held.clear();
    held.or(wanted);
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    checkHeld(chunk);
    float[] from = moments[chunk.bucket()];
    for (int i = 0; i < from.length; i++) {
      to.putFloat(offset + i * Float.BYTES, from[i]);
    }
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    checkHeld(chunk);
    float[] to = moments[chunk.bucket()];
    for (int i = 0; i < to.length; i++) {
      to[i] = from.getFloat(offset + i * Float.BYTES);
    }
  }

  @Override
  public void initialise() {
    for (int bucket = 0; bucket < weights.length; bucket++) {
      java.util.Arrays.fill(moments[bucket], 0);
      for (int at = 0; at < weights[bucket].capacity(); at += Float.BYTES) {
        weights[bucket].putFloat(at, (mix(bucket * 977L + at) >>> 40) * 0x1p-24f - 0.5f);
      }
    }
    held.set(0, weights.length);
  }

  /** Whether the moments of a chunk are held. */
  boolean holds(int bucket) {
    return held.get(bucket);
  }

  /** Means, then means of squares; not a copy. */
  float[] moments(int bucket) {
    return moments[bucket];
  }

  private static String fileName(int bucket) {
    return "chunk-" + bucket + ".bin";
  }

  @Override
  public void restore(Path checkpoint) throws IOException {
    for (int bucket = 0; bucket < weights.length; bucket++) {
      byte[] bytes;
      try (InputStream in = disk.open(checkpoint.resolve(fileName(bucket)))) {
        bytes = in.readAllBytes();
      }
      UnsafeBuffer all = new UnsafeBuffer(bytes);
      int weightBytes = weights[bucket].capacity();
      if (bytes.length != 3 * weightBytes) {
        throw new IOException(checkpoint + " does not fit the model");
      }
      weights[bucket].putBytes(0, bytes, 0, weightBytes);
      held.set(bucket);
      writeMoments(new Chunk(bucket, 0), all, weightBytes);
    }
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    byte[][] files = new byte[weights.length][];
    for (Chunk chunk : owned) {
      int weightBytes = weights[chunk.bucket()].capacity();
      byte[] bytes = new byte[3 * weightBytes];
      weights[chunk.bucket()].getBytes(0, bytes, 0, weightBytes);
      readMoments(chunk, new UnsafeBuffer(bytes), weightBytes);
      files[chunk.bucket()] = bytes;
    }
    return new Part(disk, files);
  }

  private record Part(Disk disk, byte[][] files) implements CheckpointPart {
    @Override
    public List<String> write(Path folder) throws IOException {
      List<String> names = new java.util.ArrayList<>();
      for (int bucket = 0; bucket < files.length; bucket++) {
        if (files[bucket] != null) {
          Path file = folder.resolve(fileName(bucket));
          disk.write(file, files[bucket]);
          disk.force(file);
          names.add(fileName(bucket));
        }
      }
      return names;
    }

    @Override
    public long sizeBytes() {
      long bytes = 0;
      for (byte[] file : files) {
        bytes += file == null ? 0 : file.length;
      }
      return bytes;
    }

    @Override
    public void close() {}
  }

  @Override
  public void close() {}
}
