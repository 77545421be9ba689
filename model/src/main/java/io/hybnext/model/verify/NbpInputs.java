package io.hybnext.model.verify;

import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.kelix.BlockLabels;
import io.hybnext.model.kelix.BlockSequence;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads and shapes what a block model's case holds. */
final class NbpInputs {
  private final ReferenceCase reference;
  private final NbpConfig config;

  NbpInputs(ReferenceCase reference, NbpConfig config) {
    this.reference = reference;
    this.config = config;
  }

  /** Fills the network's weights from {@code model}, the projector's from what is given. */
  void load(ModelWeights weights, Map<String, float[]> projector) throws IOException {
    SafetensorsFile file = reference.weights("model");
    Map<String, long[]> expected = new LinkedHashMap<>();
    for (Parameter parameter : weights.parameters()) {
      if (!parameter.name().startsWith(ParameterLayout.PROJECTOR + ".")) {
        long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
        expected.put(parameter.name(), shape);
      }
    }
    WeightLoader.check(file, expected, NbpConfig.UNUSED);
    for (String name : expected.keySet()) {
      weights.set(name, file.floats(name));
    }
    projector.forEach(weights::set);
  }

  /** The rows of {@code <prefix>.input_ids} with their image blocks in place. */
  BlockSequence sequence(String prefix) throws IOException {
    long[] ids = reference.longs("io", prefix + ".input_ids");
    long[] blocks = reference.longs("io", prefix + ".input_image_ids");
    long[] mask = reference.longs("io", prefix + ".loss_mask");
    long[] positions = reference.longs("io", prefix + ".input_pos");
    reference.skip("io", prefix + ".cu_seqlens"); // what the positions imply
    int[][] rows = textRows(ids);
    boolean[] target = new boolean[ids.length];
    int[] document = new int[ids.length];
    int block = 0;
    for (int p = 0; p < ids.length; p++) {
      if (ids[p] == config.symbols().placeholder()) {
        for (int j = 0; j < config.codes(); j++) {
          rows[p][j] = (int) blocks[block * config.codes() + j];
        }
        block++;
      }
      target[p] = mask[p] == 1;
      document[p] = p == 0 ? 0 : document[p - 1] + (positions[p] == 0 ? 1 : 0);
    }
    return new BlockSequence(rows, target, document);
  }

  /** Text symbols as rows. */
  int[][] textRows(long[] ids) {
    int[][] rows = new int[ids.length][config.codes() + 1];
    for (int p = 0; p < ids.length; p++) {
      Arrays.fill(rows[p], config.symbols().endOfBlock());
      rows[p][0] = (int) ids[p];
    }
    return rows;
  }

  /** Recorded rows (1, L, N + 1). */
  int[][] rows(String file, String key) throws IOException {
    return CaseInputs.intRows(reference.longs(file, key), config.codes() + 1).toArray(new int[0][]);
  }

  long[] flat(int[][] rows) {
    return Arrays.stream(rows).flatMapToInt(Arrays::stream).asLongStream().toArray();
  }

  /** First N symbols of the rows strictly between the image's start and end. */
  long[] imageCodes(int[][] rows) {
    int start = 0;
    while (rows[start][0] != config.symbols().visionStart()) {
      start++;
    }
    int end = start;
    while (rows[end][0] != config.symbols().visionEnd()) {
      end++;
    }
    return Arrays.stream(rows, start + 1, end)
        .flatMapToInt(row -> Arrays.stream(row, 0, config.codes()))
        .asLongStream()
        .toArray();
  }

  /** Labels and weights, shifted by one block. */
  void labels(BlockSequence sequence, Comparison compare) throws IOException {
    BlockLabels labels = BlockLabels.of(config, sequence);
    compare.exact("labels", labels.ids());
    compare.forwardInFp32("loss_weights", labels.weights());
  }

  /**
   * The losses of every slot and their plain means.
   *
   * @param each of the rows that predict a target, in order
   */
  void losses(BlockSequence sequence, float[] each, Comparison compare) throws IOException {
    int slots = config.codes() + 1;
    float[] all = new float[(sequence.length() - 1) * slots];
    int at = 0;
    for (int p = 1; p < sequence.length(); p++) {
      if (sequence.target()[p]) {
        System.arraycopy(each, at, all, (p - 1) * slots, slots);
        at += slots;
      }
    }
    compare.forward("per_token_loss", all);
    long[] labels = BlockLabels.of(config, sequence).ids();
    double[] sum = new double[3];
    int[] count = new int[3];
    for (int i = 0; i < all.length; i++) {
      if (labels[i] >= 0) {
        boolean end = labels[i] == config.symbols().endOfBlock();
        int kind = end ? 2 : config.visual((int) labels[i]) ? 1 : 0;
        sum[kind] += all[i];
        count[kind]++;
      }
    }
    compare.forward("text_loss", sum[0] / count[0]);
    compare.forward("image_loss", sum[1] / count[1]);
    compare.forward("eos_loss", sum[2] / count[2]);
  }
}
