package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planned bytes of the exchange against the buffers that it makes. */
class ExchangeMemoryTest {
  private static final BucketLayout LAYOUT =
      new BucketLayout(List.of(new Bucket("embeddings", 1 << 20), new Bucket("layers.0", 3 << 18)));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 8})
  void shouldPlanTheBuffersThatPartialSumsTake(int microshards) throws Exception {
    ExchangeMemory planned = ExchangeMemory.of(LAYOUT, 1, microshards);
    assertEquals(LAYOUT.length(), planned.owned());
    assertEquals(LAYOUT.length(), planned.held());
    assertEquals(LAYOUT.length() * Float.BYTES, planned.sums());
    assertEquals(0, planned.waiting());
    ExchangeSettings settings = ExchangeSettings.defaults().withPieceLength(1 << 12);
    var alone =
        ExchangeRun.generation(List.of(new MicroshardRange(0, microshards)), "none", "none");
    int buffers = ExchangeRun.run(alone, LAYOUT, settings, 1, 2).get(0).buffers().get(1);
    assertEquals(planned.partialSums(), buffers * (long) (Float.BYTES << 12));
  }

  @Test
  void shouldShareOutWhatIsOwnedAndKeepOthersSumsOnlyWithSeveralMicroshards() {
    ExchangeMemory eight = ExchangeMemory.of(LAYOUT, 7, 7);
    assertEquals(LAYOUT.length() / 7, eight.owned(), 1 << 18);
    assertEquals(2 * LAYOUT.length() / 7, eight.held(), 1 << 18);
    assertEquals(eight.held() * Float.BYTES, eight.sums());
    assertEquals(0, eight.partialSums());
    assertTrue(eight.waiting() > 0);
    ExchangeMemory two = ExchangeMemory.of(LAYOUT, 2, 8);
    assertEquals(LAYOUT.length(), two.held());
    assertEquals(
        (two.owned() + 2 * (LAYOUT.length() - two.owned())) * Float.BYTES, two.partialSums());
    assertThrows(IllegalArgumentException.class, () -> ExchangeMemory.of(LAYOUT, 9, 8));
  }
}
