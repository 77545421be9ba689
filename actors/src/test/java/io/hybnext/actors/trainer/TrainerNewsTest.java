package io.hybnext.actors.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerNewsTest {
  private static final Generation GENERATION =
      new Generation(
          "run",
          3,
          List.of(new Member("trainer-0", 1, 0, new MicroshardRange(0, 4))),
          0,
          "",
          "",
          "aeron:ipc");

  private static TrainerNews<String> settledAfter(long steps) {
    TrainerNews<String> news = new TrainerNews<>();
    news.announced(GENERATION);
    news.settled(3, steps);
    return news;
  }

  @Test
  void shouldKeepAConfirmationThatAnEarlierOneOvertook() {
    TrainerNews<String> news = settledAfter(0);
    news.confirm(13);
    news.confirm(11);
    assertEquals(13, news.position().orElseThrow().confirmed());
  }

  @Test
  void shouldTakeConfirmationsBackWithTheState() {
    TrainerNews<String> news = settledAfter(0);
    news.confirm(13);
    news.announced(GENERATION);
    news.settled(3, 8);
    assertEquals(8, news.position().orElseThrow().confirmed());
    news.confirm(9);
    assertEquals(9, news.position().orElseThrow().confirmed());
  }
}
