package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatParameters;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A codebook on the unit sphere whose codes are the directions of running means of the latents they
 * win (van den Oord et al. 2017, appendix A.1). Codes start at the centres that k-means finds; a
 * code that wins too little is set on a latent of the current batch.
 */
final class RunningCodebook {
  private static final long CENTERS = 5;
  private static final long REVIVAL = 6;
  private static final int KMEANS_TURNS = 12;
  private static final double DEAD_SHARE = 0.03; // of the mean count
  private static final double REVIVED_SHARE = 0.3;

  private final VqTrainingConfig settings;
  private final KernelModule kernels;
  private final int rowsPerStep;
  private final int size;
  private final int dimension;
  private final Array codes;
  private final Array average;
  private final Array counts;
  private final Array sums;

  RunningCodebook(Scope owner, VqTrainingConfig settings, KernelModule kernels, VqConfig model) {
    this.settings = settings;
    this.kernels = kernels;
    rowsPerStep = settings.batchSize() * model.tokensPerImage();
    size = model.codebookSize();
    dimension = model.codebookEmbedDim();
    codes = owner.zeros(ElementType.FLOAT32, size, dimension);
    average = owner.zeros(ElementType.FLOAT32, size, dimension);
    counts = owner.zeros(ElementType.FLOAT32, size);
    sums = owner.zeros(ElementType.FLOAT32, size, dimension);
  }

  /** Unit rows (K, D) that latents are compared with. */
  Array codes() {
    return codes;
  }

  /** Their average over steps, for evaluation. */
  Array average() {
    return average;
  }

  /** Sets codes to the k-means centres of unit rows, {@code dimension} values each. */
  void start(Scope owner, float[] rows) {
    long key = CounterRandom.key(settings.seed(), CENTERS, 0, 0);
    float[] centers;
    try (KMeans kmeans = new KMeans(owner.engine(), KMeans.Distance.ANGLE, dimension)) {
      centers = kmeans.centres(rows, size, KMEANS_TURNS, key);
    }
    try (Scope work = owner.open("codes")) {
      set(work, codes, centers);
      set(work, average, centers);
      float weight = (float) rowsPerStep / size;
      float[] weighted = new float[centers.length];
      for (int i = 0; i < weighted.length; i++) {
        weighted[i] = centers[i] * weight;
      }
      set(work, sums, weighted);
      float[] even = new float[size];
      Arrays.fill(even, weight);
      set(work, counts, even);
    }
  }

  private void set(Scope work, Array target, float[] values) {
    CoreKernels.of(work.engine()).copy(target, work.floats(values, target.shape()));
  }

  /** Adds the choices of a step: indices (N) and unit rows (N, D). */
  void count(Scope step, Array indices, Array rows) {
    kernels.call(step, "count_codes", indices, rows, counts, sums);
  }

  /** Moves codes to their running means and their average towards them by {@code share}. */
  void move(Scope step, Array share) {
    kernels.call(step, "move_codes", sums, codes, average, share);
  }

  /** Sets dead codes on random rows of this step; returns how many. */
  int revive(Scope step, long number, Array rows) {
    float[] wins = counts.toFloats();
    double mean = 0;
    for (float win : wins) {
      mean += (double) win / size;
    }
    List<Integer> dead = new ArrayList<>();
    for (int k = 0; k < size; k++) {
      if (wins[k] < DEAD_SHARE * mean) {
        dead.add(k);
      }
    }
    int available = (int) rows.size(0);
    int revived = Math.min(dead.size(), available);
    if (revived == 0) {
      return 0;
    }
    long key = CounterRandom.key(settings.seed(), REVIVAL, number, 0);
    int[] order = TrainingImages.Shuffle.of(available, key);
    float[] all = rows.toFloats();
    float weight = (float) (mean * REVIVED_SHARE);
    long[] at = new long[revived];
    float[] unit = new float[revived * dimension];
    float[] weighted = new float[revived * dimension];
    float[] weights = new float[revived];
    for (int i = 0; i < revived; i++) {
      at[i] = dead.get(i);
      weights[i] = weight;
      for (int d = 0; d < dimension; d++) {
        float value = all[order[i] * dimension + d];
        unit[i * dimension + d] = value;
        weighted[i * dimension + d] = value * weight;
      }
    }
    Array places = step.longs(at, revived);
    Array fresh = step.floats(unit, revived, dimension);
    kernels.call(step, "put_rows", codes, places, fresh);
    kernels.call(step, "put_rows", average, places, fresh);
    kernels.call(step, "put_rows", sums, places, step.floats(weighted, revived, dimension));
    kernels.call(step, "put_rows", counts, places, step.floats(weights, revived));
    return revived;
  }

  void save(SafetensorsWriter writer) {
    writer.floats("codebook.codes", codes.toFloats(), size, dimension);
    writer.floats("codebook.average", average.toFloats(), size, dimension);
    writer.floats("codebook.counts", counts.toFloats(), size);
    writer.floats("codebook.sums", sums.toFloats(), size, dimension);
  }

  void load(SafetensorsFile file) throws IOException {
    FlatParameters.restore(file, "codebook.codes", codes);
    FlatParameters.restore(file, "codebook.average", average);
    FlatParameters.restore(file, "codebook.counts", counts);
    FlatParameters.restore(file, "codebook.sums", sums);
  }
}
