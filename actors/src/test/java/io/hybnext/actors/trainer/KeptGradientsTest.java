package io.hybnext.actors.trainer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

class KeptGradientsTest {
  private static final int MICROSHARD_BYTES = (1000 + 5003 + 17) * Float.BYTES;

  private final Counting maths = new Counting();
  private final Map<Integer, byte[]> taken = new HashMap<>();
  private final KeptGradients kept =
      new KeptGradients(maths.layout(), 2 * MICROSHARD_BYTES, () -> 0);

  KeptGradientsTest() {
    kept.keep(true);
    maths.initialise();
  }

  /** Counts what is computed. */
  private static final class Counting extends FakeTrainStep {
    private int computed;

    @Override
    public Loss forwardBackward(Batch batch, GradientSink sink) {
      computed++;
      return super.forwardBackward(batch, sink);
    }
  }

  private static Batch batch(long step, int microshard, long item) {
    Sample sample = new Sample(item, new int[0], "", new float[0]);
    return new Batch(step, microshard, List.of(sample));
  }

  private void take(int bucket, DirectBuffer gradient) {
    byte[] bytes = new byte[maths.layout().buckets().get(bucket).length() * Float.BYTES];
    gradient.getBytes(0, bytes);
    taken.put(bucket, bytes);
  }

  private KeptGradients.Outcome give(Batch batch) {
    taken.clear();
    return kept.give(maths, batch, this::take, over -> {});
  }

  @Test
  void shouldGiveTheSameGradientsAndLossWithoutComputingThemAgain() {
    Batch batch = batch(3, 1, 42);
    KeptGradients.Outcome first = give(batch);
    Map<Integer, byte[]> before = Map.copyOf(taken);
    KeptGradients.Outcome again = give(kept.batch(3, 1));
    assertEquals(1, maths.computed);
    assertEquals(first.loss(), again.loss());
    assertTrue(first.isNew());
    assertFalse(again.isNew());
    assertEquals(3, taken.size());
    taken.forEach((bucket, bytes) -> assertArrayEquals(before.get(bucket), bytes));
  }

  @Test
  void shouldComputeToItsEndWhatBrokeOffAndKeepIt() {
    Batch batch = batch(3, 0, 42);
    int[] calls = new int[2];
    assertThrows(
        ExchangeException.class,
        () ->
            kept.give(
                maths,
                batch,
                (bucket, gradient) -> {
                  calls[0]++;
                  throw new ExchangeException("generation 2 follows");
                },
                over -> calls[1]++));
    assertEquals(1, calls[0], "nothing goes to a generation that is over");
    assertEquals(3, calls[1], "told with each bucket");
    give(kept.batch(3, 0));
    assertEquals(1, maths.computed);
    assertEquals(3, taken.size());
  }

  @Test
  void shouldKeepNoMoreThanFitsItsMemoryAndUseItAgain() {
    for (long step = 0; step < 5; step++) {
      for (int microshard = 0; microshard < 3; microshard++) {
        give(batch(step, microshard, microshard));
      }
      assertFalse(kept.hasRoom(step));
      assertNull(kept.batch(step, 2));
      assertTrue(kept.hasRoom(step + 1));
    }
    assertEquals(2, kept.made());
    assertEquals(15, maths.computed);
  }

  @Test
  void shouldForgetAStepWhenAnotherBegins() {
    give(batch(3, 0, 42));
    give(batch(4, 1, 42));
    assertNull(kept.batch(3, 0));
    assertNull(kept.batch(4, 0));
  }

  @Test
  void shouldComputeAgainWhenTheItemsBecameOthers() {
    give(batch(3, 0, 42));
    assertTrue(give(batch(3, 0, 43)).isNew());
    assertEquals(2, maths.computed);
    assertEquals(43, kept.batch(3, 0).samples().get(0).item());
  }

  @Test
  void shouldKeepNothingWhereNobodyCanBreakAStepOff() {
    kept.keep(false);
    give(batch(3, 0, 42));
    assertNull(kept.batch(3, 0));
    assertEquals(0, kept.made());
  }

  @Test
  void shouldKeepNothingOfAMicroshardWhoseMathsFailed() {
    KeptGradients.Outcome before = give(batch(3, 0, 42));
    assertThrows(
        IllegalStateException.class,
        () ->
            kept.give(
                maths,
                batch(3, 1, 43),
                (bucket, gradient) -> {
                  throw new IllegalStateException("defect");
                },
                over -> {}));
    assertNull(kept.batch(3, 1));
    assertEquals(before.loss(), give(kept.batch(3, 0)).loss());
  }
}
