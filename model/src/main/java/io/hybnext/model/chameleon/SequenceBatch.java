package io.hybnext.model.chameleon;

import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences of a batch laid out as the network takes them: padded on the right to the longest one,
 * which causal attention makes harmless. B = batch, S = positions, M = supervised positions.
 */
final class SequenceBatch {
  private final ChameleonConfig config;
  private final TokenSequences sequences;
  private final int length;
  private final int[] supervised;

  SequenceBatch(ChameleonConfig config, TokenSequences sequences) {
    this.config = config;
    this.sequences = sequences;
    this.length = sequences.longest();
    if (length > config.maxPositions()) {
      throw new IllegalArgumentException(
          "a sequence of "
              + length
              + " tokens: this network takes at most "
              + config.maxPositions()
              + "; shorten the prompt or make the image smaller");
    }
    for (int[] row : sequences.ids()) {
      for (int id : row) {
        if (id < 0 || id >= config.vocabulary().size()) {
          throw new IllegalArgumentException(
              "token id "
                  + id
                  + ": the vocabulary has ids 0 to "
                  + (config.vocabulary().size() - 1));
        }
      }
    }
    this.supervised =
        IntStream.range(0, sequences.batchSize() * length)
            .filter(flat -> label(flat) != TokenSequences.IGNORED)
            .toArray();
    if (supervised.length == 0) {
      throw new IllegalArgumentException(
          "a batch without any token to predict: every label is -100");
    }
  }

  int batch() {
    return sequences.batchSize();
  }

  /** Positions S. */
  int length() {
    return length;
  }

  /** (B, S) token ids, padded with 0: any id would do. */
  long[] ids() {
    long[] all = new long[batch() * length];
    for (int row = 0; row < batch(); row++) {
      int[] ids = sequences.ids().get(row);
      for (int i = 0; i < ids.length; i++) {
        all[row * length + i] = ids[i];
      }
    }
    return all;
  }

  /** What a position, numbered among all B S, shall predict; ignored behind the last label. */
  private int label(int flat) {
    int[] labels = sequences.labels().get(flat / length);
    int next = flat % length + 1;
    return next < labels.length ? labels[next] : TokenSequences.IGNORED;
  }

  /** Numbers of the supervised positions among all B S, (M). */
  long[] rows() {
    return IntStream.of(supervised).asLongStream().toArray();
  }

  /** What they shall predict, (M). */
  long[] targets() {
    return IntStream.of(supervised).mapToLong(this::label).toArray();
  }

  /** The row of the image grid that each supervised position predicts a code of, or -1. */
  int[] gridRows() {
    int[] rows = new int[supervised.length];
    int row = 0;
    int before = -1;
    for (int i = 0; i < supervised.length; i++) {
      int sample = supervised[i] / length;
      int target = label(supervised[i]);
      if (sample != before || target == config.vocabulary().marks().imageStart()) {
        row = 0;
        before = sample;
      }
      rows[i] = config.vocabulary().isImage(target) ? row : -1;
      if (target == config.vocabulary().marks().newLine()) {
        row++;
      }
    }
    return rows;
  }

  /** The positions of a selector. Source: arra.md section 3.5. */
  AlignedPositions aligned(Positions positions) {
    List<int[]> perSample = new ArrayList<>();
    for (int row = 0; row < batch(); row++) {
      perSample.add(selected(positions, row));
    }
    return weighted(perSample);
  }

  private int[] selected(Positions positions, int row) {
    int[] ids = sequences.ids().get(row);
    int base = row * length;
    return switch (positions) {
      case PREDICTING_IMAGE ->
          IntStream.range(0, length)
              .filter(p -> config.vocabulary().isImage(label(base + p)))
              .toArray();
      case PREDICTING_ANSWER ->
          IntStream.range(0, length)
              .filter(p -> label(base + p) != TokenSequences.IGNORED)
              .toArray();
      case OFFICIAL_SLICE ->
          IntStream.range(Math.max(0, length - config.sliceLength() - 1), length - 1).toArray();
      case REP_TOKEN ->
          IntStream.range(0, ids.length)
              .filter(p -> ids[p] == config.vocabulary().marks().alignment().orElseThrow())
              .toArray();
      case LAST_TOKEN -> new int[] {ids.length - 1};
      case ALL -> IntStream.range(0, ids.length).toArray();
      case NONE -> new int[0];
      case REP_PRE, REP_POST -> throw new IllegalStateException("refused when opened");
    };
  }

  private AlignedPositions.Rows weighted(List<int[]> perSample) {
    long samples = perSample.stream().filter(one -> one.length > 0).count();
    int count = perSample.stream().mapToInt(one -> one.length).sum();
    long[] flat = new long[count];
    long[] sample = new long[count];
    float[] weight = new float[count];
    int at = 0;
    for (int row = 0; row < perSample.size(); row++) {
      for (int position : perSample.get(row)) {
        flat[at] = (long) row * length + position;
        sample[at] = row;
        weight[at++] = (float) (1.0 / (perSample.get(row).length * samples));
      }
    }
    return new AlignedPositions.Rows(flat, sample, weight);
  }
}
