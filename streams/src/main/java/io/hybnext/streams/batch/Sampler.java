package io.hybnext.streams.batch;

/**
 * Which item stands where in a run: a pure function of seed, snapshot size, step and position. The
 * positions of all global batches, one after the other, are cut into epochs of {@code size}
 * positions; in each epoch every item comes exactly once, in an order of its own ({@link
 * KeyedPermutation}). Epochs run on across batches, so no tail is dropped, and any step is reached
 * at once. How the batch is cut into microshards, and who computes them, changes nothing.
 *
 * @param seed of the run
 * @param size number of items in the snapshot, at least 1
 * @param globalBatchSize items a step, all trainers together, at least 1
 */
public record Sampler(long seed, long size, int globalBatchSize) {

  /** Checks the values. */
  public Sampler {
    if (size < 1 || globalBatchSize < 1) {
      throw new IllegalArgumentException(
          "sampler of "
              + size
              + " items in batches of "
              + globalBatchSize
              + ": want at least 1 each");
    }
  }

  /** The epoch, from 0, that a position of a step's global batch belongs to. */
  public long epoch(long step, int position) {
    return global(step, position) / size;
  }

  /**
   * The item at a position.
   *
   * @param step from 0
   * @param position in the global batch, from 0
   * @return 0 to size - 1
   */
  public long item(long step, int position) {
    long global = global(step, position);
    return new KeyedPermutation(size, seed, global / size).at(global % size);
  }

  /**
   * The first step that draws an item.
   *
   * @param item 0 to size - 1
   */
  public long firstStep(long item) {
    return new KeyedPermutation(size, seed, 0).positionOf(item) / globalBatchSize;
  }

  /**
   * The items of one microshard, in order: positions {@code microshard * n} to {@code microshard *
   * n + n - 1} of the global batch, n = globalBatchSize / microshards.
   *
   * @throws IllegalArgumentException when the batch cannot be cut evenly
   */
  public long[] items(long step, int microshard, int microshards) {
    int length = microshardLength(microshard, microshards);
    long[] items = new long[length];
    KeyedPermutation permutation = null;
    long permuted = -1;
    for (int i = 0; i < length; i++) {
      long global = global(step, microshard * length + i);
      if (global / size != permuted) {
        permuted = global / size;
        permutation = new KeyedPermutation(size, seed, permuted);
      }
      items[i] = permutation.at(global % size);
    }
    return items;
  }

  /** Items a microshard, once it is sure that it is one of an even cut. */
  int microshardLength(int microshard, int microshards) {
    if (globalBatchSize % microshards != 0 || microshard < 0 || microshard >= microshards) {
      throw new IllegalArgumentException(
          "microshard "
              + microshard
              + " of "
              + microshards
              + " in a global batch of "
              + globalBatchSize
              + ": want an even cut");
    }
    return globalBatchSize / microshards;
  }

  private long global(long step, int position) {
    if (step < 0 || position < 0 || position >= globalBatchSize) {
      throw new IllegalArgumentException(
          "position " + position + " of step " + step + ": want 0 to " + (globalBatchSize - 1));
    }
    return Math.addExact(Math.multiplyExact(step, globalBatchSize), position);
  }
}
