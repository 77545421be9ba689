package io.hybnext.model.kelix;

import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.DecoderInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of blocks, each with one that lacks the prompt, for guidance.
 *
 * @param sequences one a sample
 * @param withoutPrompt the same without prompt, one a sample; empty when prompts always stay
 */
public record BlockInput(List<BlockSequence> sequences, List<BlockSequence> withoutPrompt)
    implements DecoderInput {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException when their lengths differ
   */
  public BlockInput {
    sequences = List.copyOf(sequences);
    withoutPrompt = List.copyOf(withoutPrompt);
    if (sequences.isEmpty()
        || (!withoutPrompt.isEmpty() && withoutPrompt.size() != sequences.size())) {
      throw new IllegalArgumentException(
          sequences.size() + " sequences and " + withoutPrompt.size() + " without prompt");
    }
  }

  /** Sequences that keep their prompts. */
  public BlockInput(List<BlockSequence> sequences) {
    this(sequences, List.of());
  }

  @Override
  public int batchSize() {
    return sequences.size();
  }

  /** What is trained on when the samples marked lose their prompts. */
  List<BlockSequence> chosen(boolean[] dropped) {
    if (withoutPrompt.isEmpty()) {
      return sequences;
    }
    List<BlockSequence> chosen = new ArrayList<>(sequences);
    for (int i = 0; i < dropped.length; i++) {
      if (dropped[i]) {
        chosen.set(i, withoutPrompt.get(i));
      }
    }
    return chosen;
  }

  /** Which rows of an image are aligned (spec/kelix.md 11, choice 2). */
  public enum ImageRows {
    /** Those that predict a visual block that is a target. */
    PREDICTING,
    /** Those that are one. */
    READING
  }

  /**
   * Aligned positions of padded sequences.
   *
   * @param length of the longest one, S
   */
  static AlignedPositions.Rows aligned(
      NbpConfig config, List<BlockSequence> sequences, int length, ImageRows which) {
    int shift = which == ImageRows.PREDICTING ? 1 : 0;
    int[] counts = new int[sequences.size()];
    List<long[]> found = new ArrayList<>();
    for (int sample = 0; sample < counts.length; sample++) {
      BlockSequence sequence = sequences.get(sample);
      for (int p = 0; p + shift < sequence.length(); p++) {
        int row = p + shift;
        if (config.visual(sequence.rows()[row][0]) && sequence.target()[row]) {
          found.add(new long[] {(long) sample * length + p, sample});
          counts[sample]++;
        }
      }
    }
    long samples = Arrays.stream(counts).filter(count -> count > 0).count();
    float[] weights = new float[found.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (1.0 / samples / counts[(int) found.get(i)[1]]);
    }
    return new AlignedPositions.Rows(
        found.stream().mapToLong(pair -> pair[0]).toArray(),
        found.stream().mapToLong(pair -> pair[1]).toArray(),
        weights);
  }
}
