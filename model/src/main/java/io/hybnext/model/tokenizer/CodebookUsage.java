package io.hybnext.model.tokenizer;

import java.util.Arrays;

/**
 * LlamaGen's measure of how much of a codebook is in use: the share of codes among the last 65,536
 * indices. The record starts filled with zeros, which count as code 0.
 */
public final class CodebookUsage {
  /** Indices remembered. */
  public static final int LENGTH = 65536;

  private final int codebookSize;
  private final int[] last = new int[LENGTH];
  private int next;

  /** Starts with a record of zeros. */
  public CodebookUsage(int codebookSize) {
    this.codebookSize = codebookSize;
  }

  /** Remembers indices, forgetting as many of the oldest. */
  public void add(long[] indices) {
    for (long index : indices) {
      last[next] = (int) index;
      next = (next + 1) % LENGTH;
    }
  }

  /** Distinct codes remembered divided by the number of codes. */
  public double fraction() {
    return (double) Arrays.stream(last).distinct().count() / codebookSize;
  }
}
