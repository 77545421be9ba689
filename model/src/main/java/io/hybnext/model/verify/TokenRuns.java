package io.hybnext.model.verify;

import java.util.Arrays;

/**
 * Compares generated tokens in bf16, where two close scores may change places, and from there on
 * the sequence is another one. Such a token is accepted when the reference's own scores of both are
 * within the tolerance of each other; scores count up to it, and only where neither side closed
 * them.
 */
final class TokenRuns {
  /** Scores below are closed: -1e30 or minus infinity. */
  static final float CLOSED = -1e29f;

  private final Comparison compare;
  private final int vocabulary;
  private final int length;
  private final double multiple;

  /**
   * For rows of tokens.
   *
   * @param vocabulary scores a token
   * @param length tokens a row
   * @param multiple of the tolerance that scores are held to: guidance of scale s multiplies
   *     rounding by up to 2 s - 1
   */
  TokenRuns(Comparison compare, int vocabulary, int length, double multiple) {
    this.compare = compare;
    this.multiple = multiple;
    this.vocabulary = vocabulary;
    this.length = length;
  }

  /** Compares (rows, length) tokens and the scores they were chosen from. */
  void check(
      String tokenKey,
      long[] wantTokens,
      long[] tokens,
      String scoreKey,
      float[] wantScores,
      float[] scores) {
    double margin = 2 * 2e-2 * multiple * Math.max(1, largestOpen(wantScores));
    boolean[] counts = new boolean[wantScores.length];
    boolean accepted = tokens.length == wantTokens.length && scores.length == wantScores.length;
    int equal = 0;
    for (int row = 0; accepted && row < tokens.length / length; row++) {
      for (int i = 0; i < length; i++) {
        int at = row * length + i;
        Arrays.fill(counts, at * vocabulary, (at + 1) * vocabulary, true);
        if (tokens[at] != wantTokens[at]) {
          float best = wantScores[at * vocabulary + (int) wantTokens[at]];
          accepted &= best - wantScores[at * vocabulary + (int) tokens[at]] <= margin;
          break;
        }
        equal++;
      }
    }
    compare.add(
        new TensorResult(
            "io/" + tokenKey,
            tokens.length,
            0,
            0,
            "equal, or parted where two scores are close",
            accepted,
            equal + " equal before sequences part"));
    if (scores.length == wantScores.length) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] &= wantScores[i] > CLOSED && scores[i] > CLOSED;
      }
      compare.add(compare.part(scoreKey, wantScores, scores, counts, multiple));
    }
  }

  private static double largestOpen(float[] scores) {
    double largest = 0;
    for (float score : scores) {
      largest = Math.max(largest, score > CLOSED ? Math.abs(score) : 0);
    }
    return largest;
  }
}
