package io.hybnext.model.chameleon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.model.decoder.AlignedPositions.Rows;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which positions are aligned; source: arra.md sections 3.3 and 3.5. */
class SequenceBatchTest {
  private static final ChameleonConfig CONFIG = SmallChameleon.CONFIG;

  /** Prompts of 1 and 3 words: lengths 14 and 16; the second is the longest. */
  private final SequenceBatch batch = new SequenceBatch(CONFIG, SmallChameleon.sequences(0, 1, 3));

  private long[] positions(Positions selector, int row) {
    Rows rows = (Rows) batch.aligned(selector);
    return IntStream.range(0, rows.flat().length)
        .filter(i -> rows.sample()[i] == row)
        .mapToLong(i -> rows.flat()[i] - (long) row * batch.length())
        .toArray();
  }

  @Test
  void shouldAlignWhatPredictsACodeWhateverThePadding() {
    // <s> word sep start h w | c c nl c c nl | end sep: codes at 6 7 9 10, new lines at 8 11
    assertArrayEquals(new long[] {5, 6, 8, 9}, positions(Positions.PREDICTING_IMAGE, 0));
    assertArrayEquals(new long[] {7, 8, 10, 11}, positions(Positions.PREDICTING_IMAGE, 1));
    assertArrayEquals(
        IntStream.rangeClosed(2, 12).asLongStream().toArray(),
        positions(Positions.PREDICTING_ANSWER, 0));
  }

  @Test
  void shouldSlideTheOfficialSliceIntoThePadding() {
    assertArrayEquals(new long[] {11, 12, 13, 14}, positions(Positions.OFFICIAL_SLICE, 1));
    assertArrayEquals(new long[] {11, 12, 13, 14}, positions(Positions.OFFICIAL_SLICE, 0));
    SequenceBatch clamped =
        new SequenceBatch(CONFIG.withSliceLength(1024), SmallChameleon.sequences(0, 1));
    Rows rows = (Rows) clamped.aligned(Positions.OFFICIAL_SLICE);
    assertEquals(13, rows.flat().length, "every position but the last");
  }

  @Test
  void shouldFindSingleTokens() {
    assertArrayEquals(new long[] {13}, positions(Positions.LAST_TOKEN, 0));
    assertArrayEquals(new long[] {15}, positions(Positions.LAST_TOKEN, 1));
    assertArrayEquals(new long[0], positions(Positions.REP_TOKEN, 0));
    int[] ids = SmallChameleon.ids(1, 0);
    ids[1] = SmallChameleon.VOCABULARY.marks().alignment().orElseThrow();
    SequenceBatch with =
        new SequenceBatch(CONFIG, new TokenSequences(List.of(ids), List.of(ids.clone())));
    assertArrayEquals(new long[] {1}, ((Rows) with.aligned(Positions.REP_TOKEN)).flat());
    assertEquals(14, positions(Positions.ALL, 0).length);
    assertEquals(0, positions(Positions.NONE, 0).length);
  }

  @Test
  void shouldWeighSamplesAlikeAndLeaveOutThoseWithoutAnImage() {
    int[] text = {0, 25, 26};
    int[] image = SmallChameleon.ids(1, 0);
    TokenSequences mixed =
        new TokenSequences(List.of(text, image), List.of(text.clone(), image.clone()));
    Rows rows = (Rows) new SequenceBatch(CONFIG, mixed).aligned(Positions.PREDICTING_IMAGE);
    assertArrayEquals(new long[] {1, 1, 1, 1}, rows.sample());
    assertEquals(1, sum(rows.weight()), 1e-6);
    assertEquals(1, sum(((Rows) batch.aligned(Positions.ALL)).weight()), 1e-6);
  }

  private static double sum(float[] weights) {
    return IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
  }

  @Test
  void shouldShiftLabelsAndTellRowsOfTheGrid() {
    assertEquals(22, batch.rows().length);
    assertEquals(SmallChameleon.VOCABULARY.marks().imageStart(), batch.targets()[0]);
    int[] rows = Arrays.copyOf(batch.gridRows(), 11);
    assertArrayEquals(new int[] {-1, -1, -1, 0, 0, -1, 1, 1, -1, -1, -1}, rows);
    assertEquals(0, DoubleStream.of(batch.ids()[14], batch.ids()[15]).sum(), "padding");
  }
}
