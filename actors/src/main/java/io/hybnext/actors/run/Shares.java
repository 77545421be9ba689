package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many microshards each member computes: as many as any other, until it is clear that some are
 * slower and that another cut pays. What a step computes does not depend on it.
 */
final class Shares {
  /** Steps between two looks at whether another cut pays. */
  static final int LOOK_EVERY = 10;

  private static final int LEAST_STEPS = 10; // measured of everybody before it is believed
  private static final double LEAST_GAIN = 1.2;
  private static final int HORIZON_STEPS = 50;
  private static final double CHANGE_NS = 5e8; // a change of generation, well measured

  private final int microshards;
  private final Pace pace;

  Shares(int microshards, Pace pace) {
    this.microshards = microshards;
    this.pace = pace;
  }

  /**
   * Ranges of these trainers by rank: even ones, or by speed where that is at least a fifth faster.
   */
  List<MicroshardRange> split(List<String> trainers) {
    List<MicroshardRange> even = MicroshardRange.split(microshards, trainers.size());
    if (!isMeasured(trainers)) {
      return even;
    }
    List<MicroshardRange> bySpeed = bySpeed(trainers);
    return stepNs(trainers, even) > LEAST_GAIN * stepNs(trainers, bySpeed) ? bySpeed : even;
  }

  /**
   * Whether the members would be at least a fifth faster over the next steps with other shares, the
   * time of changing over included.
   *
   * @param left steps that the run has left
   */
  boolean wouldPay(Generation generation, long left) {
    List<String> trainers = generation.members().stream().map(Member::trainer).toList();
    if (!isMeasured(trainers)) {
      return false;
    }
    List<MicroshardRange> now = generation.members().stream().map(Member::microshards).toList();
    long steps = Math.min(left, HORIZON_STEPS);
    return steps * stepNs(trainers, now)
        > LEAST_GAIN * (steps * stepNs(trainers, bySpeed(trainers)) + CHANGE_NS);
  }

  private boolean isMeasured(List<String> trainers) {
    return trainers.stream().allMatch(trainer -> pace.measured(trainer) >= LEAST_STEPS);
  }

  /** Computing time of the slowest. */
  private double stepNs(List<String> trainers, List<MicroshardRange> ranges) {
    double slowest = 0;
    for (int rank = 0; rank < trainers.size(); rank++) {
      slowest = Math.max(slowest, ranges.get(rank).size() * pace.microshardNs(trainers.get(rank)));
    }
    return slowest;
  }

  /** Everybody has one; each further one goes to whoever is done with it first. */
  private List<MicroshardRange> bySpeed(List<String> trainers) {
    int[] sizes = new int[trainers.size()];
    Arrays.fill(sizes, 1);
    for (int given = sizes.length; given < microshards; given++) {
      int best = 0;
      for (int rank = 1; rank < sizes.length; rank++) {
        if (doneNs(trainers, sizes, rank) < doneNs(trainers, sizes, best)) {
          best = rank;
        }
      }
      sizes[best]++;
    }
    List<MicroshardRange> ranges = new ArrayList<>();
    int first = 0;
    for (int size : sizes) {
      ranges.add(new MicroshardRange(first, first + size));
      first += size;
    }
    return ranges;
  }

  private double doneNs(List<String> trainers, int[] sizes, int rank) {
    return (sizes[rank] + 1) * pace.microshardNs(trainers.get(rank));
  }
}
