package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * To which step the members of a generation bring the state, and who gets which part from whom: a
 * pure function of what all hold, so that all come to the same plan. The target is the largest
 * number of steps for which every chunk's weights and moments are held by somebody, or follow from
 * a held sum of a step that somebody knows to be committed. A member that is ahead of it goes back:
 * whoever does that step again comes to the same bytes.
 */
final class SettlePlan {
  private final List<Holdings> members;
  private final ChunkPartition partition;
  private final long startStep;
  private final long target;
  private final StepResult result;
  private final int lost;

  /**
   * Makes the plan.
   *
   * @param members by rank, complete
   * @param startStep number of steps in the generation's checkpoint: less is not gone back to
   */
  SettlePlan(List<Holdings> members, ChunkPartition partition, long startStep) {
    this.members = members;
    this.partition = partition;
    this.startStep = startStep;
    TreeSet<Long> candidates = candidates();
    long found = HeldState.NOTHING;
    int missing = 0;
    for (long steps : candidates.descendingSet()) {
      int chunk = missingAt(steps);
      if (chunk < 0) {
        found = steps;
        break;
      }
      missing = steps == candidates.last() ? chunk : missing;
    }
    target = found;
    lost = missing;
    result = found == HeldState.NOTHING ? null : resultOf(found);
  }

  private TreeSet<Long> candidates() {
    TreeSet<Long> steps = new TreeSet<>();
    for (Holdings each : members) {
      steps.add(each.committed());
      for (int chunk = 0; chunk < each.chunks(); chunk += each.run(chunk)) {
        steps.add(each.moments(chunk));
      }
    }
    steps.removeIf(step -> step < 0 || step < startStep);
    return steps;
  }

  /** The first chunk that nobody can bring to that many steps; -1 for none. */
  private int missingAt(long steps) {
    StepResult of = resultOf(steps);
    for (int chunk = 0; chunk < partition.chunks(); chunk++) {
      boolean weights = false;
      boolean moments = false;
      for (int rank = 0; rank < members.size() && !(weights && moments); rank++) {
        weights |= reachesWeights(rank, chunk, steps, of);
        moments |= reachesMoments(rank, chunk, steps, of);
      }
      if (!weights || !moments) {
        return chunk;
      }
    }
    return -1;
  }

  private StepResult resultOf(long steps) {
    for (Holdings each : members) {
      if (each.committed() == steps && each.result() != null) {
        return each.result();
      }
    }
    return null;
  }

  private boolean reachesWeights(int rank, int chunk, long steps, StepResult of) {
    long now = members.get(rank).weights(chunk);
    return now == steps || (now == steps - 1 && follows(rank, chunk, steps, of));
  }

  private boolean reachesMoments(int rank, int chunk, long steps, StepResult of) {
    long now = members.get(rank).moments(chunk);
    return now == steps || (now == steps - 1 && follows(rank, chunk, steps, of));
  }

  /** Whether a member gets from a step to the next by itself. */
  private boolean follows(int rank, int chunk, long steps, StepResult of) {
    return of != null && steps > 0 && (!of.applied() || canUpdate(rank, chunk, steps - 1));
  }

  private boolean canUpdate(int rank, int chunk, long step) {
    Holdings each = members.get(rank);
    return each.weights(chunk) == step && each.moments(chunk) == step && each.sum(chunk) == step;
  }

  /** Whether the state cannot be put together. */
  boolean isLost() {
    return target == HeldState.NOTHING;
  }

  /** What is missing, for people. */
  String missing() {
    boolean nobody = members.stream().allMatch(each -> each.committed() == HeldState.NOTHING);
    if (members.stream().allMatch(each -> each.committed() < startStep) && !nobody) {
      return "no member has done as many steps as the checkpoint of step " + startStep;
    }
    return nobody
        ? "no member holds any weights"
        : "no member holds chunk "
            + lost
            + " of "
            + partition.chunks()
            + " any more: its owner and its deputy are both gone";
  }

  /** Number of steps that the state contains in the end. */
  long target() {
    return target;
  }

  /** What step {@code target - 1} came to; null if nobody knows. */
  StepResult result() {
    return result;
  }

  /** Whether a member updates a chunk itself, from its sum. */
  boolean updates(int rank, int chunk) {
    return result != null && target > 0 && result.applied() && canUpdate(rank, chunk, target - 1);
  }

  /** Whether a member gets the weights of a chunk from another. */
  boolean needsWeights(int rank, int chunk) {
    return !reachesWeights(rank, chunk, target, result);
  }

  /** Whether a member gets the moments of a chunk from another: it is to hold them and does not. */
  boolean needsMoments(int rank, int chunk) {
    return partition.holds(rank, chunk) && !reachesMoments(rank, chunk, target, result);
  }

  /** Who sends the weights of a chunk. */
  int weightsSource(int chunk) {
    return source(chunk, rank -> reachesWeights(rank, chunk, target, result));
  }

  /** Who sends the moments of a chunk. */
  int momentsSource(int chunk) {
    return source(chunk, rank -> reachesMoments(rank, chunk, target, result));
  }

  /** Holders take turns, so that no one of them sends everything. */
  private int source(int chunk, IntPredicate holds) {
    List<Integer> holders = new ArrayList<>();
    for (int rank = 0; rank < members.size(); rank++) {
      if (holds.test(rank)) {
        holders.add(rank);
      }
    }
    return holders.get(chunk % holders.size());
  }
}
