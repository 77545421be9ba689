package io.hybnext.tests.chaos;

import io.hybnext.tests.fleet.Commits;
import java.util.Arrays;
import java.util.List;

/**
 * How much of the time of a disturbed run was not lost to faults.
 *
 * @param share 1 - the sum, over faults, of the time from the fault to the next commit beyond the
 *     median step, over the whole time
 * @param strictShare the same with the longest time without a commit between a fault and the next
 *     one: a step that was all but done at the fault hides nothing
 * @param medianStepMs time from a commit to the next
 * @param stallP50Ms median over faults of that longest time beyond the median step
 * @param stallMaxMs the longest
 */
record Goodput(
    double share, double strictShare, double medianStepMs, double stallP50Ms, double stallMaxMs) {

  /**
   * Works it out.
   *
   * @param startNs of the time that counts
   * @param endNs of it
   */
  static Goodput of(Commits commits, List<FaultRecord> faults, long startNs, long endNs) {
    long medianNs = commits.medianNs(startNs, endNs);
    long[] stalls = new long[faults.size()];
    long sumNs = 0;
    for (int i = 0; i < stalls.length; i++) {
      long faultNs = faults.get(i).atNs();
      long nextNs = i + 1 < stalls.length ? faults.get(i + 1).atNs() : endNs;
      sumNs += Math.max(0, commits.toNextNs(faultNs, endNs) - medianNs);
      stalls[i] = Math.max(0, commits.longestNs(faultNs, nextNs) - medianNs);
    }
    double wall = endNs - startNs;
    Arrays.sort(stalls);
    return new Goodput(
        1 - sumNs / wall,
        1 - Arrays.stream(stalls).sum() / wall,
        medianNs / 1e6,
        stalls.length == 0 ? 0 : stalls[stalls.length / 2] / 1e6,
        stalls.length == 0 ? 0 : stalls[stalls.length - 1] / 1e6);
  }
}
