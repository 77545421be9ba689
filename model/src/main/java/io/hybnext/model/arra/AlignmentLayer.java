package io.hybnext.model.arra;

/**
 * Where hidden states are taken for alignment: behind block 1 to n (the raw residual stream), or
 * behind the last block before ({@code lastpre}) or after ({@code lastpost}) the final norm.
 *
 * @param block number of the block from 1, or {@link #LAST}
 * @param normed whether the final norm is applied; only behind the last block
 */
public record AlignmentLayer(int block, boolean normed) {
  /** Stands for the last block, whatever its number. */
  public static final int LAST = 0;

  /** Behind this block, counted from 1. */
  public static AlignmentLayer block(int number) {
    return new AlignmentLayer(number, false);
  }

  /**
   * Reads {@code 1}, {@code 2}, ..., {@code lastpre} or {@code lastpost}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static AlignmentLayer parse(String setting) {
    if (setting.equals("lastpre")) {
      return new AlignmentLayer(LAST, false);
    }
    if (setting.equals("lastpost")) {
      return new AlignmentLayer(LAST, true);
    }
    if (setting.matches("[1-9]\\d{0,3}")) {
      return block(Integer.parseInt(setting));
    }
    throw new IllegalArgumentException(
        "arra.layer = " + setting + ": want a block from 1, lastpre or lastpost");
  }

  /**
   * Number of the block from 1 in a network of so many blocks.
   *
   * @throws IllegalArgumentException when it has fewer
   */
  public int blockIn(int blocks) {
    if (block > blocks) {
      throw new IllegalArgumentException(
          "arra.layer = " + block + ": want at most " + blocks + ", the number of blocks");
    }
    return block == LAST ? blocks : block;
  }

  @Override
  public String toString() {
    return block != LAST ? Integer.toString(block) : normed ? "lastpost" : "lastpre";
  }
}
