package io.hybnext.streams.batch;

import java.util.List;

/**
 * Which items a run draws while new ones enter: a pure function of seed, waves, step and position.
 * Before the first wave it is {@link Sampler}'s. From a wave on, a batch holds, in this order:
 *
 * <ol>
 *   <li>items that were never drawn, each once, in the order in which they were stored;
 *   <li>items that entered lately, again, as often as {@link Mixing} allows;
 *   <li>items that the run began with, at least so many;
 *   <li>any that were drawn before, the younger more often.
 * </ol>
 *
 * <p>Fractions of an item are carried from step to step. The last three are drawn one from each of
 * equal parts of what they are drawn from, so that a batch repeats none before it must.
 */
public final class WavePlan {
  private static final int RECENT = 1;
  private static final int OLDEST = 2;
  private static final int REPLAYED = 3;

  private final long seed;
  private final int batch;
  private final Sampler before;
  private final List<Wave> waves;
  private final long[] items; // [0] the run's own, then after each wave
  private final long[] fresh; // by wave: number of the first item never drawn before it

  /**
   * A plan.
   *
   * @param seed of the run
   * @param items number of items that the run began with
   * @param globalBatchSize items a step
   * @param waves in order
   */
  public WavePlan(long seed, long items, int globalBatchSize, List<Wave> waves) {
    this.seed = seed;
    this.batch = globalBatchSize;
    this.waves = List.copyOf(waves);
    before = new Sampler(seed, items, globalBatchSize);
    this.items = new long[waves.size() + 1];
    this.items[0] = items;
    fresh = new long[waves.size()];
    long drawn = items;
    for (int wave = 0; wave < waves.size(); wave++) {
      this.items[wave + 1] = waves.get(wave).snapshot().items();
      drawn = wave == 0 ? items : drawnBefore(wave - 1, waves.get(wave).step());
      fresh[wave] = drawn;
    }
  }

  /** Number of waves. */
  public int waves() {
    return waves.size();
  }

  /** Number of items that a step may draw from. */
  public long size(long step) {
    return items[wave(step) + 1]; // [0] before the first wave
  }

  /** Index of the wave that a step belongs to; -1 before the first. */
  private int wave(long step) {
    int low = 0;
    int high = waves.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (waves.get(middle).step() <= step) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** How many positions before a step are for new items, counted from step 0. */
  private long newBefore(int wave, long step) {
    return carried(waves.get(wave).mixing().newShare() * batch, step);
  }

  private static long carried(double perStep, long step) {
    return (long) Math.floor(perStep * step);
  }

  private static int carriedAt(double perStep, long step) {
    return (int) (carried(perStep, step + 1) - carried(perStep, step));
  }

  /** Number of the first item that no step of the wave before this one drew. */
  private long drawnBefore(int wave, long step) {
    long positions = newBefore(wave, step) - newBefore(wave, waves.get(wave).step());
    return Math.min(fresh[wave] + positions, items[wave + 1]);
  }

  /**
   * The items of one microshard, in order, as {@link Sampler#items}.
   *
   * @throws IllegalArgumentException when the batch cannot be cut evenly
   */
  public long[] items(long step, int microshard, int microshards) {
    int wave = wave(step);
    if (wave < 0) {
      return before.items(step, microshard, microshards);
    }
    int length = before.microshardLength(microshard, microshards);
    long[] all = items(wave, step);
    long[] part = new long[length];
    System.arraycopy(all, microshard * length, part, 0, length);
    return part;
  }

  private long[] items(int wave, long step) {
    Mixing mixing = waves.get(wave).mixing();
    long[] all = new long[batch];
    long drawn = drawnBefore(wave, step);
    int forNew = carriedAt(mixing.newShare() * batch, step);
    int first = (int) Math.min(forNew, items[wave + 1] - drawn);
    for (int i = 0; i < first; i++) {
      all[i] = drawn + i;
    }
    long recentFrom = recentFrom(wave, step);
    double repeats = mixing.newRepeats() * (items[wave + 1] - recentFrom) / mixing.newSteps();
    int allowed = drawn > recentFrom ? Math.min(forNew, carriedAt(repeats, step)) : 0;
    int again = Math.max(0, allowed - first);
    spread(all, first, again, recentFrom, drawn, step, RECENT);
    int left = batch - first - again;
    int oldest = Math.min(left, carriedAt(mixing.oldestShare() * batch, step));
    spread(all, first + again, oldest, 0, items[0], step, OLDEST);
    replay(all, batch - left + oldest, wave, drawn, step);
    return all;
  }

  /** Number of the first item that counts as new in a step. */
  private long recentFrom(int wave, long step) {
    int newSteps = waves.get(wave).mixing().newSteps();
    int first = wave;
    while (first >= 0 && step - waves.get(first).step() < newSteps) {
      first--;
    }
    return items[first + 1];
  }

  /** Draws {@code count} of the items from {@code from} to before {@code to}, evenly. */
  private void spread(long[] all, int at, int count, long from, long to, long step, int stream) {
    for (int i = 0; i < count; i++) {
      double place = (i + uniform(step, i, stream)) / count * (to - from);
      all[at + i] = Math.min(to - 1, from + (long) place);
    }
  }

  /** Fills the rest with items that were drawn before, by age. */
  private void replay(long[] all, int at, int wave, long drawn, long step) {
    double[] upTo = new double[wave + 2]; // cumulated weights of the items of each wave
    int halfLife = waves.get(wave).mixing().halfLifeSteps();
    double total = 0;
    for (int of = 0; of <= wave + 1; of++) {
      long from = of == 0 ? 0 : items[of - 1];
      long known = Math.max(0, Math.min(items[of], drawn) - from);
      long age = waves.get(wave).step() - (of == 0 ? 0 : waves.get(of - 1).step());
      total += known * (halfLife == 0 ? 1 : StrictMath.pow(2, -(double) age / halfLife));
      upTo[of] = total;
    }
    if (total == 0) { // nothing new was drawn yet, and all else is infinitely old
      spread(all, at, all.length - at, 0, drawn, step, REPLAYED);
      return;
    }
    int count = all.length - at;
    for (int i = 0; i < count; i++) {
      double place = (i + uniform(step, i, REPLAYED)) / count * total;
      int of = 0;
      while (upTo[of] <= place && of < wave + 1) {
        of++;
      }
      double start = of == 0 ? 0 : upTo[of - 1];
      long from = of == 0 ? 0 : items[of - 1];
      long known = Math.max(1, Math.min(items[of], drawn) - from);
      double within = (place - start) / Math.max(upTo[of] - start, Double.MIN_NORMAL);
      all[at + i] = Math.min(from + known - 1, from + (long) (within * known));
    }
  }

  /** 0 to below 1, from seed, step, place and stream alone. */
  private double uniform(long step, int place, int stream) {
    long key = KeyedPermutation.mix(seed * 31 + stream);
    long mixed = KeyedPermutation.mix(KeyedPermutation.mix(key ^ step) + place);
    return (mixed >>> 11) * 0x1.0p-53;
  }

  /**
   * The first step that may draw an item: exact for items that entered, and for items that the run
   * began with when they come before the first wave; otherwise the step of the first wave, from
   * which on they may be replayed.
   *
   * @param item below the number of items of the last wave
   */
  public long firstStep(long item) {
    if (item < items[0]) {
      long first = before.firstStep(item);
      return waves.isEmpty() ? first : Math.min(first, waves.get(0).step());
    }
    int wave = 0;
    while (wave + 1 < waves.size() && item >= drawnBefore(wave, waves.get(wave + 1).step())) {
      wave++;
    }
    Wave of = waves.get(wave);
    long position = newBefore(wave, of.step()) + item - fresh[wave];
    long step = (long) (position / (of.mixing().newShare() * batch));
    step = Math.max(of.step(), step - 1);
    while (newBefore(wave, step + 1) <= position) {
      step++;
    }
    return step;
  }
}
