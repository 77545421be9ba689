package io.hybnext.model.kelix;

/**
 * One sequence of blocks. Arrays are shared, not copied.
 *
 * @param rows (L)(N + 1) ids: the symbols of a block, {@code <eob>}, filled up with {@code <eob>}
 * @param target (L) whether a row is predicted
 * @param document (L) number of the document a row belongs to, rising from 0: positions and
 *     attention begin anew with each
 */
public record BlockSequence(int[][] rows, boolean[] target, int[] document) {

  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException when they differ
   */
  public BlockSequence {
    if (rows.length < 2 || target.length != rows.length || document.length != rows.length) {
      throw new IllegalArgumentException(
          "a sequence of "
              + rows.length
              + " blocks: want at least 2, and a target flag and a document for each");
    }
  }

  /** A sequence of one document. */
  public BlockSequence(int[][] rows, boolean[] target) {
    this(rows, target, new int[rows.length]);
  }

  /** Number of blocks L. */
  public int length() {
    return rows.length;
  }
}
