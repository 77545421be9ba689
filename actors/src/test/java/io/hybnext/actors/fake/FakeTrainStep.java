package io.hybnext.actors.fake;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Deterministic maths in plain Java: gradients follow from weights, step and items; the update has
 * momentum, so weights and moments both matter.
 */
public class FakeTrainStep implements TrainStep {
  private static final float LEARNING_RATE = 0.05f;

  private final BucketLayout layout;
  private final List<UnsafeBuffer> weights = new ArrayList<>();
  private final List<UnsafeBuffer> moments = new ArrayList<>();

  private final long microshardNs;

  /** Three buckets of a chunk each; as fast as it goes. */
  public FakeTrainStep() {
    this(0);
  }

  /** The same; a microshard takes at least this long. */
  public FakeTrainStep(long microshardNs) {
    this.microshardNs = microshardNs;
    layout =
        new BucketLayout(
            List.of(
                new BucketLayout.Bucket("head", 1000),
                new BucketLayout.Bucket("body", 5003),
                new BucketLayout.Bucket("tail", 17)));
    for (BucketLayout.Bucket bucket : layout.buckets()) {
      weights.add(buffer(bucket.length()));
      moments.add(buffer(bucket.length()));
    }
  }

  private static UnsafeBuffer buffer(int length) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(length * Float.BYTES);
    return new UnsafeBuffer(bytes.order(ByteOrder.nativeOrder()));
  }

  @Override
  public BucketLayout layout() {
    return layout;
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    long key = batch.samples().stream().mapToLong(Sample::item).reduce(7, (a, b) -> 31 * a + b);
    double loss = 0;
    LockSupport.parkNanos(microshardNs);
    for (int bucket = layout.buckets().size() - 1; bucket >= 0; bucket--) {
      UnsafeBuffer w = weights.get(bucket);
      UnsafeBuffer gradient = buffer(layout.buckets().get(bucket).length());
      for (int at = 0; at < gradient.capacity(); at += Float.BYTES) {
        float target = noise(key + at);
        float error = value(w, at) - target;
        gradient.putFloat(at, error / 3);
        loss += at < 4000 ? error * error : 0;
      }
      sink.accept(bucket, gradient);
    }
    return new Loss(loss / 1000, 0.5, 0, batch.samples().size());
  }

  private static float value(DirectBuffer buffer, int at) {
    return buffer.getFloat(at);
  }

  private static float noise(long key) {
    long bits = key * 0x9E3779B97F4A7C15L;
    bits = (bits ^ (bits >>> 29)) * 0xBF58476D1CE4E5B9L;
    return (bits >>> 40) / (float) (1 << 24) - 0.5f;
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    UnsafeBuffer w = weights.get(chunk.bucket());
    UnsafeBuffer m = moments.get(chunk.bucket());
    int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    for (int i = 0; i < length; i++) {
      int at = (chunk.offset() + i) * Float.BYTES;
      float moment = 0.9f * m.getFloat(at) + gradient.getFloat(offset + i * Float.BYTES) * scale;
      m.putFloat(at, moment);
      w.putFloat(at, w.getFloat(at) - LEARNING_RATE * moment);
    }
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    return weights.get(bucket);
  }

  @Override
  public void weightsChanged(int bucket) {}

  @Override
  public double learningRate(long step) {
    return LEARNING_RATE;
  }

  @Override
  public double clipNorm() {
    return 1;
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    for (int bucket = 0; bucket < moments.size(); bucket++) {
      if (!chunks.contains(new Chunk(bucket, 0))) { // each bucket is one chunk
        moments.get(bucket).setMemory(0, moments.get(bucket).capacity(), (byte) 0);
      }
    }
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    UnsafeBuffer m = moments.get(chunk.bucket());
    to.putBytes(offset, m, 0, m.capacity());
    to.setMemory(offset + m.capacity(), m.capacity(), (byte) 0);
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    UnsafeBuffer m = moments.get(chunk.bucket());
    m.putBytes(0, from, offset, m.capacity());
  }

  @Override
  public void initialise() {
    for (int bucket = 0; bucket < weights.size(); bucket++) {
      UnsafeBuffer w = weights.get(bucket);
      for (int at = 0; at < w.capacity(); at += Float.BYTES) {
        w.putFloat(at, noise(1_000_003L * bucket + at));
      }
      moments.get(bucket).setMemory(0, w.capacity(), (byte) 0);
    }
  }

  @Override
  public void restore(Path checkpoint) throws IOException {
    long restored = 0;
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".bin")).toList()) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          restored += restoreChunk(new Chunk(bytes.getInt(), bytes.getInt()), bytes);
        }
      }
    }
    if (restored != layout.length()) {
      throw new IOException(checkpoint + " has " + restored + " of " + layout.length());
    }
  }

  private int restoreChunk(Chunk chunk, ByteBuffer bytes) {
    int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    for (int i = 0; i < length; i++) {
      int at = (chunk.offset() + i) * Float.BYTES;
      weights.get(chunk.bucket()).putFloat(at, bytes.getFloat());
      moments.get(chunk.bucket()).putFloat(at, bytes.getFloat());
    }
    return length;
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    int size = 0;
    for (Chunk chunk : owned) {
      size += 8 + 8 * layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (Chunk chunk : owned) {
      bytes.putInt(chunk.bucket()).putInt(chunk.index());
      int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
      for (int i = 0; i < length; i++) {
        int at = (chunk.offset() + i) * Float.BYTES;
        bytes.putFloat(weights.get(chunk.bucket()).getFloat(at));
        bytes.putFloat(moments.get(chunk.bucket()).getFloat(at));
      }
    }
    bytes.flip();
    return new Part(bytes, "part-" + rank + "-of-" + worldSize + ".bin");
  }

  private record Part(ByteBuffer bytes, String name) implements CheckpointPart {
    @Override
    public List<String> write(Path folder) throws IOException {
      try (FileChannel channel =
          FileChannel.open(
              folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.write(bytes.duplicate());
        channel.force(true);
      }
      return List.of(name);
    }

    @Override
    public long sizeBytes() {
      return bytes.limit();
    }

    @Override
    public void close() {}
  }

  /** Weights and moments of a checkpoint, whatever number of trainers wrote it. */
  public static byte[] contents(Path checkpoint) {
    FakeTrainStep step = new FakeTrainStep();
    try {
      step.restore(checkpoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuffer all = ByteBuffer.allocate((int) step.layout.length() * 2 * Float.BYTES);
    for (UnsafeBuffer part : step.weights) {
      part.getBytes(0, all, part.capacity());
    }
    for (UnsafeBuffer part : step.moments) {
      part.getBytes(0, all, part.capacity());
    }
    return all.array();
  }

  @Override
  public void close() {}
}
