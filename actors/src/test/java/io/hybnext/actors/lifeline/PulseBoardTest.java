package io.hybnext.actors.lifeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.lifeline.PulseBoard.Pulse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Beats of 25 ms, a least limit of 250 ms, a virtual clock. */
class PulseBoardTest {
  private static final long MS = 1_000_000;

  private Sight sight = Sight.STOPPED;
  private final PulseBoard board =
      new PulseBoard(250 * MS, 2_000 * MS, (process, incarnation) -> sight);
  private final List<Pulse> seen = new ArrayList<>();
  private long nowNs;

  private void pass(long ms) {
    for (long i = 0; i < ms; i += 5) {
      nowNs += 5 * MS;
      board.tick(nowNs, 0);
      board.takeChanges().forEach(change -> seen.add(change.pulse()));
    }
  }

  private void beats(int count) {
    for (int i = 0; i < count; i++) {
      pass(25);
      board.beat("trainer-0", 1, nowNs);
    }
    pass(0);
  }

  /** So long that it is known for its punctuality. */
  private void punctual() {
    board.connected("trainer-0", 1, this, nowNs);
    beats(6_000);
    assertEquals(List.of(), seen);
  }

  @Test
  void shouldNoticeThatBeatsStopWithinTheLimitAndThatTheyComeAgain() {
    punctual();
    pass(245);
    assertEquals(List.of(), seen);
    pass(10);
    assertEquals(List.of(Pulse.SILENT), seen);
    pass(5_000);
    beats(5);
    assertEquals(List.of(Pulse.SILENT), seen);
    beats(5);
    assertEquals(List.of(Pulse.SILENT, Pulse.HEARD), seen);
  }

  @Test
  void shouldTellAtOnceThatAConnectionEndedAndLaterThatItIsForGood() {
    punctual();
    board.ended("trainer-0", 1, this, nowNs);
    pass(5);
    assertEquals(List.of(Pulse.CUT), seen);
    pass(2_010);
    assertEquals(List.of(Pulse.CUT, Pulse.DEAD), seen);
    board.beat("trainer-0", 1, nowNs);
    pass(5_000);
    assertEquals(List.of(Pulse.CUT, Pulse.DEAD), seen);
  }

  @Test
  void shouldTakeBackAProcessThatConnectsAgainAndIgnoreTheEndOfItsOldConnection() {
    punctual();
    board.ended("trainer-0", 1, this, nowNs);
    pass(100);
    Object second = new Object();
    board.connected("trainer-0", 1, second, nowNs);
    board.ended("trainer-0", 1, this, nowNs);
    beats(10);
    pass(200);
    assertEquals(List.of(Pulse.CUT, Pulse.HEARD), seen);
  }

  @Test
  void shouldGiveAProcessThatCannotBeSeenLessThanASecond() {
    punctual();
    sight = Sight.UNKNOWN;
    pass(745);
    assertEquals(List.of(), seen);
    pass(10);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldBelieveThoseWhoWaitForAProcessThatCannotBeSeen() {
    punctual();
    sight = Sight.UNKNOWN;
    pass(245);
    board.waitedFor("trainer-0", 1, nowNs);
    assertEquals(List.of(), seen);
    pass(10);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldNotTakeAStarvedProcessForAStoppedOne() {
    punctual();
    sight = Sight.RUNNING;
    board.waitedFor("trainer-0", 1, nowNs);
    pass(1_900);
    assertEquals(List.of(), seen);
    sight = Sight.STOPPED;
    pass(5);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldExpectDelaysOfOthersWhereItIsLateItself() {
    punctual();
    sight = Sight.UNKNOWN;
    nowNs += 300 * MS;
    board.tick(nowNs, 290 * MS);
    beats(100);
    pass(900);
    assertEquals(List.of(), seen);
    pass(300);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldBePatientWithAProcessThatStartsOrIsLateNowAndThen() {
    sight = Sight.UNKNOWN;
    board.connected("trainer-0", 1, this, nowNs);
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      pass(random.nextInt(20) == 0 ? 400 : 25); // a busy machine
      board.beat("trainer-0", 1, nowNs);
    }
    assertEquals(List.of(), seen);
    pass(2_005);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldNotLearnPatienceFromALongStop() {
    punctual();
    sight = Sight.UNKNOWN;
    pass(60_000);
    beats(4_000);
    seen.clear();
    pass(900);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldBlameNobodyForItsOwnDelay() {
    punctual();
    nowNs += 3_000 * MS;
    board.tick(nowNs, 2_990 * MS);
    assertTrue(board.takeChanges().isEmpty());
    pass(300);
    assertEquals(List.of(Pulse.SILENT), seen);
  }

  @Test
  void shouldKeepProcessesOfOneNameApart() {
    punctual();
    board.connected("trainer-0", 2, "other", nowNs);
    board.ended("trainer-0", 1, this, nowNs);
    List<PulseBoard.Change> changes = board.takeChanges();
    assertEquals(1, changes.size());
    assertEquals(1, changes.get(0).incarnation());
  }
}
