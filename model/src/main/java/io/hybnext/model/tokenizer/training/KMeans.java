package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Lloyd's k-means from random rows; a centre that wins none is set on a random row. */
final class KMeans implements AutoCloseable {
  private static final int ROWS_A_CALL = 8192;

  private final TorchEngine engine;
  private final Distance distance;
  private final int dimension;
  private final KernelModule kernels;

  /** What makes a centre the nearest. */
  enum Distance {
    /** Squared Euclidean distance; centres are means. */
    EUCLIDEAN,
    /** The angle between rows of unit length; centres are directions of sums. */
    ANGLE
  }

  KMeans(TorchEngine engine, Distance distance, int dimension) {
    this.engine = engine;
    this.distance = distance;
    this.dimension = dimension;
    this.kernels =
        KernelModule.compile(
            engine,
            KernelSource.resource(KMeans.class, "kmeans.ts")
                .with("euclidean", distance == Distance.EUCLIDEAN));
  }

  /**
   * Finds centres.
   *
   * @param rows {@code dimension} values each
   * @param size number of centres
   * @param key of the random choices
   * @return size * dimension values, in no order
   * @throws IllegalArgumentException when there are fewer rows than centres
   */
  float[] centres(float[] rows, int size, int turns, long key) {
    int available = rows.length / dimension;
    if (available < size) {
      throw new IllegalArgumentException(
          "k-means start: " + available + " latents for " + size + " codes; want more images");
    }
    SplittableRandom random = new SplittableRandom(key);
    float[] centres = new float[size * dimension];
    int[] order = TrainingImages.Shuffle.of(available, random.nextLong());
    for (int k = 0; k < size; k++) {
      System.arraycopy(rows, order[k] * dimension, centres, k * dimension, dimension);
    }
    for (int turn = 0; turn < turns; turn++) {
      turn(rows, centres, random);
    }
    return centres;
  }

  private void turn(float[] rows, float[] centres, SplittableRandom random) {
    int size = centres.length / dimension;
    try (Scope work = engine.openScope("k-means")) {
      Array now = work.floats(centres, size, dimension);
      Array won = work.zeros(ElementType.FLOAT32, size);
      Array sum = work.zeros(ElementType.FLOAT32, size, dimension);
      int available = rows.length / dimension;
      for (int from = 0; from < available; from += ROWS_A_CALL) {
        int to = Math.min(available, from + ROWS_A_CALL);
        float[] part = Arrays.copyOfRange(rows, from * dimension, to * dimension);
        Array z = work.floats(part, to - from, dimension);
        kernels.call(work, "assign", z, now, won, sum).close();
      }
      float[] wins = won.toFloats();
      float[] totals = sum.toFloats();
      for (int k = 0; k < size; k++) {
        if (wins[k] > 0) {
          scale(totals, k * dimension, wins[k]);
          System.arraycopy(totals, k * dimension, centres, k * dimension, dimension);
        } else {
          int row = random.nextInt(available);
          System.arraycopy(rows, row * dimension, centres, k * dimension, dimension);
        }
      }
    }
  }

  private void scale(float[] values, int offset, float wins) {
    double by = wins;
    if (distance == Distance.ANGLE) {
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        squares += (double) values[offset + i] * values[offset + i];
      }
      by = Math.max(1e-12, Math.sqrt(squares));
    }
    for (int i = 0; i < dimension; i++) {
      values[offset + i] = (float) (values[offset + i] / by);
    }
  }

  @Override
  public void close() {
    kernels.close();
  }
}
