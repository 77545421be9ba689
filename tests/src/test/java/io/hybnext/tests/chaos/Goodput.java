package io.hybnext.tests.chaos;

import io.hybnext.tests.fleet.Commits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
 * @param stalls the same by kind of fault
 */
record Goodput(
    double share,
    double strictShare,
    double medianStepMs,
    double stallP50Ms,
    double stallMaxMs,
    Map<String, Stalls> stalls) {

  /** Times beyond the median step that one fault cost. */
  private record Cost(String kind, long lostNs, long longestNs) {}

  /**
   * Works it out.
   *
   * @param startNs of the time that counts
   * @param endNs of it
   */
  static Goodput of(Commits commits, List<FaultRecord> faults, long startNs, long endNs) {
    long medianNs = commits.medianNs(startNs, endNs);
    List<Cost> costs = new ArrayList<>();
    for (int i = 0; i < faults.size(); i++) {
      long faultNs = faults.get(i).atNs();
      long nextNs = i + 1 < faults.size() ? faults.get(i + 1).atNs() : endNs;
      costs.add(
          new Cost(
              faults.get(i).name(),
              Math.max(0, commits.toNextNs(faultNs, endNs) - medianNs),
              Math.max(0, commits.longestNs(faultNs, nextNs) - medianNs)));
    }
    double wallMs = (endNs - startNs) / 1e6;
    Stalls all = stalls(costs);
    double strictMs = costs.stream().mapToLong(Cost::longestNs).sum() / 1e6;
    return new Goodput(
        1 - all.lostMs() / wallMs,
        1 - strictMs / wallMs,
        medianNs / 1e6,
        all.longestP50Ms(),
        all.longestMaxMs(),
        byKind(costs));
  }

  private static Map<String, Stalls> byKind(List<Cost> costs) {
    Map<String, List<Cost>> kinds = new TreeMap<>();
    costs.forEach(cost -> kinds.computeIfAbsent(cost.kind(), kind -> new ArrayList<>()).add(cost));
    Map<String, Stalls> stalls = new TreeMap<>();
    kinds.forEach((kind, of) -> stalls.put(kind, stalls(of)));
    return stalls;
  }

  private static Stalls stalls(List<Cost> costs) {
    long[] longest = costs.stream().mapToLong(Cost::longestNs).sorted().toArray();
    int count = longest.length;
    return new Stalls(
        count,
        costs.stream().mapToLong(Cost::lostNs).sum() / 1e6,
        count == 0 ? 0 : longest[count / 2] / 1e6,
        count == 0 ? 0 : Arrays.stream(longest).max().orElse(0) / 1e6);
  }
}
