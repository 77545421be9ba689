package io.hybnext.model.memory;

/**
 * Sizes of a batch as a network is fed it.
 *
 * @param batch samples B
 * @param positions S of each
 * @param predicting positions of each that predict something
 * @param aligned positions of each whose states are aligned
 */
public record PassShape(int batch, int positions, int predicting, int aligned) {

  /** Rows of the residual stream, B S. */
  public long rows() {
    return (long) batch * positions;
  }

  /** The same with another number of samples. */
  public PassShape withBatch(int samples) {
    return new PassShape(samples, positions, predicting, aligned);
  }
}
