package io.hybnext.model.transformer;

import java.util.List;

/** What the images of a batch are conditioned on. */
public sealed interface Condition {

  /** Number of samples B. */
  int batchSize();

  /**
   * Class numbers.
   *
   * @param labels one a sample, from 0; {@code numClasses} is the null class
   */
  record Classes(List<Integer> labels) implements Condition {

    /** Copies the list. */
    public Classes {
      labels = List.copyOf(labels);
    }

    @Override
    public int batchSize() {
      return labels.size();
    }
  }

  /**
   * Encoded captions.
   *
   * @param captions one a sample
   * @param masked whether padded positions are hidden from attention; false only to reproduce runs
   *     that did not
   */
  record Captions(List<CaptionFeatures> captions, boolean masked) implements Condition {

    /** Copies the list. */
    public Captions {
      captions = List.copyOf(captions);
    }

    /** Captions with padding hidden. */
    public Captions(List<CaptionFeatures> captions) {
      this(captions, true);
    }

    @Override
    public int batchSize() {
      return captions.size();
    }
  }
}
