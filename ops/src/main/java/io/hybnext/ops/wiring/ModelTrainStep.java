package io.hybnext.ops.wiring;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.Moments;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** {@link ArraTraining} behind the interface that the actors know. */
public final class ModelTrainStep implements TrainStep {
  private final ArraTraining training;
  private final SampleInputs inputs;
  private final BucketLayout layout;
  private final List<UnsafeBuffer> weights = new ArrayList<>();
  private final UnsafeBuffer shown = new UnsafeBuffer(0, 0);
  private boolean pristine; // everything is as at the first step
  private Optional<AdapterBase> base = Optional.empty();
  private final CheckpointMemory copies = new CheckpointMemory();
  private Share captured; // last; null before

  /** Which part of checkpoints a trainer writes. */
  private record Share(int rank, List<Chunk> owned) {}

  /**
   * What no step changes is as at the first step, such as the null condition or the network under
   * adapters: a trainer that joins does not get it from the others. What is trained waits for
   * {@link #initialise}, {@link #restore} or the others; to draw it would take most of the time
   * that a trainer needs to start.
   */
  public ModelTrainStep(TorchEngine engine, TrainingConfig config) {
    training = new ArraTraining(engine, config);
    inputs = SampleInputs.of(config.network());
    layout =
        new BucketLayout(
            training.layout().buckets().stream()
                .map(bucket -> new BucketLayout.Bucket(bucket.name(), bucket.length()))
                .toList());
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      weights.add(new UnsafeBuffer(training.weights().master(bucket)));
    }
    begin();
  }

  private void begin() {
    if (training.config().tuning().lora().isPresent()) {
      fill(); // little is trained, and what is not is drawn or read here
    } else {
      StartWeights.fillFrozen(training);
    }
  }

  private void fill() {
    try {
      nameBase();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable.getMessage(), unreadable);
    }
    StartWeights.fill(training);
    pristine = true;
  }

  @Override
  public BucketLayout layout() {
    return layout;
  }

  @Override
  public Loss forwardBackward(Batch batch, GradientSink sink) {
    io.hybnext.model.training.Loss loss =
        training.forwardBackward(
            trainingBatch(batch),
            (bucket, gradient) -> {
              shown.wrap(gradient);
              sink.accept(bucket, shown);
            });
    return new Loss(loss.nll(), loss.gva(), loss.zLoss(), loss.tokens());
  }

  private TrainingBatch trainingBatch(Batch batch) {
    List<Sample> samples = batch.samples();
    long first = (long) batch.microshard() * samples.size();
    return new TrainingBatch(
        batch.step(),
        IntStream.range(0, samples.size()).mapToLong(i -> first + i).toArray(),
        inputs.of(samples),
        samples.stream().map(Sample::feature).toList());
  }

  @Override
  public void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step) {
    pristine = false;
    int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    training.update(
        chunk.bucket(), chunk.offset(), length, memory(gradient, offset, length), scale, step);
  }

  /** The gradient as libtorch can map it; a copy only where it lies in the heap. */
  private static ByteBuffer memory(DirectBuffer gradient, int offset, int length) {
    int bytes = length * Float.BYTES;
    ByteBuffer backing = gradient.byteBuffer();
    if (backing != null && backing.isDirect()) {
      return backing
          .slice(gradient.wrapAdjustment() + offset, bytes)
          .order(ByteOrder.nativeOrder());
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    gradient.getBytes(offset, copy, 0, bytes);
    return copy;
  }

  @Override
  public MutableDirectBuffer weights(int bucket) {
    pristine = false; // the caller may write
    return weights.get(bucket);
  }

  @Override
  public void weightsChanged(int bucket) {
    training.weights().changed(bucket);
  }

  @Override
  public double learningRate(long step) {
    return training.learningRate(step);
  }

  @Override
  public double clipNorm() {
    return training.clipNorm();
  }

  @Override
  public void hold(Collection<Chunk> chunks) {
    List<Set<Integer>> begins = new ArrayList<>();
    layout.buckets().forEach(bucket -> begins.add(new HashSet<>()));
    chunks.forEach(chunk -> begins.get(chunk.bucket()).add(chunk.offset()));
    training.moments().keepOnly(begins);
  }

  @Override
  public void readMoments(Chunk chunk, MutableDirectBuffer to, int offset) {
    Moments.Chunk state = moments(chunk);
    int bytes = state.mean().capacity();
    to.putBytes(offset, state.mean(), 0, bytes);
    to.putBytes(offset + bytes, state.square(), 0, bytes);
  }

  @Override
  public void writeMoments(Chunk chunk, DirectBuffer from, int offset) {
    pristine = false;
    Moments.Chunk state = moments(chunk);
    int bytes = state.mean().capacity();
    from.getBytes(offset, state.mean(), 0, bytes);
    from.getBytes(offset + bytes, state.square(), 0, bytes);
  }

  private Moments.Chunk moments(Chunk chunk) {
    int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
    return training.moments().of(chunk.bucket(), chunk.offset(), length);
  }

  @Override
  public void initialise() {
    if (!pristine) {
      fill();
    }
  }

  private void nameBase() throws IOException {
    if (base.isEmpty()) {
      base = AdapterBase.of(training.config());
    }
  }

  @Override
  public void restore(Path checkpoint) throws IOException {
    nameBase();
    if (base.isPresent()) {
      base.get().check(checkpoint.resolve(CheckpointFiles.MODEL));
    }
    pristine = false;
    CheckpointFiles.restoreWeights(training.weights(), checkpoint);
    CheckpointFiles.restoreMoments(training, checkpoint);
  }

  @Override
  public CheckpointPart capture(List<Chunk> owned, int rank, int worldSize) {
    Share share = new Share(rank, List.copyOf(owned));
    if (!share.equals(captured)) {
      copies.trim();
      captured = share;
    }
    return new ModelCheckpointPart(copies, training, layout, owned, rank, worldSize, base);
  }

  @Override
  public void close() {
    inputs.close();
    training.close();
  }
}
