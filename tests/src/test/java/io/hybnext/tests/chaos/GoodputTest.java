package io.hybnext.tests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.tests.fleet.Commits;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoodputTest {
  private static final long MS = 1_000_000;

  /** A step every 10 ms for 10 s; none between 4,000 and 4,500 ms. */
  private static Commits commits() {
    Commits commits = new Commits();
    long step = 0;
    for (long at = 0; at < 10_000; at += 10) {
      if (at <= 4_000 || at >= 4_500) {
        commits.add(++step, at * MS);
      }
    }
    return commits;
  }

  @Test
  void shouldCountTheTimeToTheNextCommitBeyondTheMedianStep() {
    List<FaultRecord> faults = List.of(new FaultRecord("KILL", 4_001 * MS));
    Goodput goodput = Goodput.of(commits(), faults, 0, 10_000 * MS);
    assertEquals(10, goodput.medianStepMs(), 1e-9);
    assertEquals(1 - (499 - 10) / 10_000.0, goodput.share(), 1e-9);
    assertEquals(489, goodput.stallMaxMs(), 1e-9);
  }

  @Test
  void shouldTellWhatEachKindOfFaultCosts() {
    List<FaultRecord> faults =
        List.of(
            new FaultRecord("JOIN", 1_000 * MS),
            new FaultRecord("KILL", 4_001 * MS),
            new FaultRecord("JOIN", 4_300 * MS));
    Goodput goodput = Goodput.of(commits(), faults, 0, 10_000 * MS);
    assertEquals(new Stalls(1, 489, 289, 289), goodput.stalls().get("KILL"));
    assertEquals(new Stalls(2, 190, 190, 190), goodput.stalls().get("JOIN"));
  }

  @Test
  void shouldNotLetAStepThatWasNearlyDoneHideAStall() {
    List<FaultRecord> faults = List.of(new FaultRecord("PAUSE", 3_995 * MS));
    Goodput goodput = Goodput.of(commits(), faults, 0, 10_000 * MS);
    assertEquals(1, goodput.share(), 1e-9);
    assertEquals(1 - (500 - 10) / 10_000.0, goodput.strictShare(), 1e-9);
  }

  @Test
  void shouldCountNoStepTwice() {
    Commits commits = new Commits();
    commits.add(1, 0);
    commits.add(2, 10 * MS);
    commits.add(2, 20 * MS);
    assertEquals(2, commits.between(0, 100 * MS).length);
    assertEquals(90 * MS, commits.longestNs(10 * MS, 100 * MS));
  }
}
