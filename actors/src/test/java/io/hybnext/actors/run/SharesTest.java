package io.hybnext.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Eight microshards of 100 ms each, but for those that are slower. */
class SharesTest {
  private static final int MICROSHARDS = 8;
  private static final long MS = 1_000_000;

  private final Pace pace = new Pace(1.5);
  private final Shares shares = new Shares(MICROSHARDS, pace);

  private static Generation generation(List<MicroshardRange> ranges) {
    List<Member> members = new ArrayList<>();
    for (int rank = 0; rank < ranges.size(); rank++) {
      members.add(new Member("trainer-" + rank, 1, rank, ranges.get(rank)));
    }
    return new Generation("run", 1, members, 0, "", "/aeron", "aeron:ipc");
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int rank = 0; rank < count; rank++) {
      names.add("trainer-" + rank);
    }
    return names;
  }

  /** Steps of a generation with even shares; each member's microshard takes so many ms. */
  private Generation measured(int steps, long... msByRank) {
    Generation even = generation(MicroshardRange.split(MICROSHARDS, msByRank.length));
    pace.enter(even);
    for (int step = 0; step < steps; step++) {
      Map<String, StepReport> reports = new HashMap<>();
      for (Member member : even.members()) {
        long computeNs = msByRank[member.rank()] * member.microshards().size() * MS;
        reports.put(
            member.trainer(),
            new StepReport(
                step, 1, 0, 0, 100, 1, true, 0.1, computeNs, 1, 1, computeNs, 0, List.of()));
      }
      pace.add(reports);
    }
    return even;
  }

  private static List<Integer> sizes(List<MicroshardRange> ranges) {
    int next = 0;
    for (MicroshardRange range : ranges) {
      assertEquals(next, range.first());
      next = range.end();
    }
    assertEquals(MICROSHARDS, next);
    return ranges.stream().map(MicroshardRange::size).toList();
  }

  @Test
  void shouldShareEvenlyUntilEverybodyIsMeasured() {
    measured(9, 100, 900);
    assertEquals(List.of(4, 4), sizes(shares.split(names(2))));
    measured(1, 100, 900);
    assertEquals(List.of(7, 1), sizes(shares.split(names(2))));
    assertTrue(sizes(shares.split(names(3))).stream().allMatch(size -> size >= 2));
  }

  @Test
  void shouldGiveASlowMemberLessWhereThatPays() {
    Generation even = measured(20, 100, 100, 300, 100);
    List<Integer> sizes = sizes(shares.split(names(4)));
    assertEquals(1, sizes.get(2));
    assertTrue(sizes.stream().allMatch(size -> size <= 3), sizes.toString());
    assertTrue(shares.wouldPay(even, 1_000));
    assertFalse(shares.wouldPay(generation(shares.split(names(4))), 1_000));
  }

  @Test
  void shouldLeaveSmallDifferencesAlone() {
    Generation even = measured(20, 100, 110);
    assertEquals(List.of(4, 4), sizes(shares.split(names(2))));
    assertFalse(shares.wouldPay(even, 1_000));
  }

  @Test
  void shouldNotChangeOverForTheLastFewSteps() {
    Generation even = measured(20, 100, 300);
    assertTrue(shares.wouldPay(even, 100));
    assertFalse(shares.wouldPay(even, 0));
    assertFalse(shares.wouldPay(even, 1));
  }

  @Test
  void shouldGiveEveryMemberSomethingHoweverSlowItIs() {
    measured(20, 10, 10, 10, 100_000);
    assertEquals(1, sizes(shares.split(names(4))).get(3));
  }
}
