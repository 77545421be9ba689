package io.hybnext.actors.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who keeps the second copy of what a member owns: somebody on another host wherever there is one,
 * so that the state outlives a host. A pure function of where the members are, since all of them
 * must come to the same one. Copies are dealt out as evenly as hosts allow: a member that is alone
 * on its host backs up all members of a host with more than half of them.
 */
final class Deputies {
  private Deputies() {}

  /**
   * The deputies.
   *
   * @param hosts of the members by rank; any names, equal for members of one host
   * @return rank of each member's deputy by rank; -1 for a member that is the only one
   */
  static int[] of(List<String> hosts) {
    int members = hosts.size();
    if (members == 1) {
      return new int[] {-1};
    }
    List<Integer> order = byHost(hosts);
    int largest = hostSize(hosts, hosts.get(order.get(0)));
    int others = members - largest;
    int[] deputies = new int[members];
    for (int at = 0; at < members; at++) {
      int deputy;
      if (others == 0) {
        deputy = (at + 1) % members;
      } else if (largest <= others) {
        deputy = (at + largest) % members; // no host reaches that far
      } else {
        deputy = at < largest ? largest + at % others : at - largest;
      }
      deputies[order.get(at)] = order.get(deputy);
    }
    return deputies;
  }

  /** Ranks host by host, the first of the largest hosts before the others. */
  private static List<Integer> byHost(List<String> hosts) {
    Map<String, List<Integer>> ranks = new LinkedHashMap<>();
    for (int rank = 0; rank < hosts.size(); rank++) {
      ranks.computeIfAbsent(hosts.get(rank), host -> new ArrayList<>()).add(rank);
    }
    List<List<Integer>> groups = new ArrayList<>(ranks.values());
    groups.sort((a, b) -> Integer.compare(b.size(), a.size()));
    return groups.stream().flatMap(List::stream).toList();
  }

  private static int hostSize(List<String> hosts, String host) {
    return (int) hosts.stream().filter(host::equals).count();
  }
}
