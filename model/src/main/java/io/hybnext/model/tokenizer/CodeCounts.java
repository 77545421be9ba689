package io.hybnext.model.tokenizer;

import java.util.Arrays;

/** How often each code was chosen. */
public final class CodeCounts {
  private final long[] counts;

  /** Starts with none. */
  public CodeCounts(int codebookSize) {
    counts = new long[codebookSize];
  }

  /** Counts one choice. */
  public void add(int code) {
    counts[code]++;
  }

  /** Distinct codes chosen. */
  public int used() {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }

  /** Distinct codes chosen divided by the number of codes. */
  public double usage() {
    return (double) used() / counts.length;
  }

  /** e to the entropy of the choices' frequencies: the number of codes at most. */
  public double perplexity() {
    long all = Arrays.stream(counts).sum();
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        double p = (double) count / all;
        entropy -= p * Math.log(p);
      }
    }
    return Math.exp(entropy);
  }
}
