package io.hybnext.actors.step;

import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.streams.batch.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The maths of one trainer as the actors see it: forward and backward of a microshard, update of a
 * chunk, weights in and out. Every call comes from the trainer's own thread, one at a time; buffers
 * are fp32, native byte order.
 *
 * <p>Each trainer holds fp32 master weights of everything and AdamW moments of the chunks that it
 * is told to {@link #hold}. The result of every method depends on its arguments and the state
 * alone, bit for bit, never on the number of trainers.
 */
public interface TrainStep extends AutoCloseable {

  /** The same for every trainer of a run. */
  BucketLayout layout();

  /** Receives a bucket's gradient while the backward pass of earlier blocks still has to run. */
  @FunctionalInterface
  interface GradientSink {
    /**
     * Takes one bucket.
     *
     * @param bucket its number
     * @param gradient fp32, {@code layout.buckets().get(bucket).length()} elements; valid during
     *     the call only
     */
    void accept(int bucket, DirectBuffer gradient);
  }

  /**
   * Loss terms of a microshard, each the mean over it.
   *
   * @param nll next-token loss, nats a token
   * @param gva 1 - cosine of the alignment, before lambda; 0 without alignment
   * @param zLoss z-loss before its weight; 0 without it
   * @param tokens predicted image tokens
   */
  record Loss(double nll, double gva, double zLoss, long tokens) {}

  /**
   * Forward and backward of one microshard with the present weights. Hands every bucket to the sink
   * exactly once, with the gradient of the microshard's mean loss.
   */
  Loss forwardBackward(Batch batch, GradientSink sink);

  /**
   * AdamW on one chunk whose moments are held: master weights and moments change, {@link #weights}
   * shows the result.
   *
   * @param gradient sum over all microshards, fp32, from {@code offset} bytes; unchanged afterwards
   * @param scale what the sum is multiplied by: clip factor / number of microshards
   * @param step number of the step, from 0: bias correction and learning rate follow from it
   */
  void update(Chunk chunk, DirectBuffer gradient, int offset, float scale, long step);

  /**
   * Master weights of a bucket, fp32, host memory; the exchange reads updated chunks from it and
   * writes received ones into it.
   */
  MutableDirectBuffer weights(int bucket);

  /** Tells that {@link #weights} of this bucket changed: working weights follow. */
  void weightsChanged(int bucket);

  /** Learning rate of a step, for display. */
  double learningRate(long step);

  /** The largest gradient norm that is not clipped; infinite for none. */
  double clipNorm();

  /**
   * Moments are kept for exactly these chunks from now on; those of others are let go, and those of
   * chunks that were not held are zeros until they are written.
   */
  void hold(Collection<Chunk> chunks);

  /**
   * Copies the moments of a chunk that is held.
   *
   * @param to takes 2 x the chunk's length fp32 from byte {@code offset} on: the running means of
   *     the gradient, then those of its square
   */
  void readMoments(Chunk chunk, MutableDirectBuffer to, int offset);

  /**
   * Sets the moments of a chunk that is held.
   *
   * @param from as {@link #readMoments} gives them, from byte {@code offset} on
   */
  void writeMoments(Chunk chunk, DirectBuffer from, int offset);

  /** Initial weights and zero moments of all chunks, from the run's seed. */
  void initialise();

  /**
   * Takes over weights and moments of all chunks from a checkpoint written by any number of
   * trainers.
   *
   * @throws IOException with a sentence for people when it cannot be read or does not fit
   */
  void restore(Path checkpoint) throws IOException;

  /**
   * Copies what this trainer has to write, in memory, so that training can go on while it is
   * written.
   *
   * @param owned chunks whose moments and master weights are this trainer's part
   * @param rank this trainer's number
   * @param worldSize number of trainers
   */
  CheckpointPart capture(List<Chunk> owned, int rank, int worldSize);

  /** A trainer's part of a checkpoint, held in memory until written. */
  interface CheckpointPart extends AutoCloseable {
    /**
     * Writes its files into the folder and flushes them to disk; rank 0 also writes the weights
     * under the original project's names. Any thread.
     *
     * @return names of the files written
     */
    List<String> write(Path folder) throws IOException;

    /** Bytes held. */
    long sizeBytes();

    @Override
    void close();
  }

  @Override
  void close();
}
