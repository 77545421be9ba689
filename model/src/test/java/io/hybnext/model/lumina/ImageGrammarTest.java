package io.hybnext.model.lumina;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.lumina.ImageGrammar.CodeImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Source: arra.md sections 3.3, 4.2 and 4.3. */
class ImageGrammarTest {
  private final ChameleonVocabulary published = ChameleonVocabulary.published();
  private final ImageGrammar grammar = new ImageGrammar(published);

  private CodeImage image(int rows, int columns) {
    int[] codes = IntStream.range(0, rows * columns).map(i -> (i * 37) % 8192).toArray();
    return new CodeImage(rows, columns, codes);
  }

  @ParameterizedTest
  @CsvSource({"32, 32", "16, 64", "2, 4", "64, 16"})
  void shouldReadWhatItWrites(int rows, int columns) {
    CodeImage image = image(rows, columns);
    int[] ids = grammar.encode(image);
    assertEquals(rows * (columns + 1) + 4, ids.length);
    assertEquals(8804 + rows / 2, ids[1], "height comes first");
    assertEquals(8804 + columns / 2, ids[2]);
    CodeImage read = grammar.decode(ids);
    assertEquals(rows, read.rows());
    assertEquals(columns, read.columns());
    assertArrayEquals(image.codes(), read.codes());
  }

  @Test
  void shouldLayOutASequenceOf512PixelsAsPublished() {
    int[] text = new int[10];
    Arrays.fill(text, 9000);
    TokenSequences pair =
        new Conversation(published).training(List.of(text), List.of(image(32, 32)));
    int[] ids = pair.ids().get(0);
    int[] labels = pair.labels().get(0);
    assertEquals(1073, ids.length);
    assertEquals(1061, Arrays.stream(labels).filter(label -> label != -100).count());
    assertEquals(0, ids[0]);
    assertEquals(8710, ids[11]);
    assertEquals(8197, ids[12]);
    assertEquals(8820, ids[13]);
    assertTrue(published.isImage(ids[15]), "the first code");
    assertEquals(8196, ids[1071]);
    assertEquals(8710, ids[1072]);
    int[] slice = Arrays.copyOfRange(ids, 48, 1072);
    assertEquals(992, Arrays.stream(slice).filter(published::isImage).count());
    assertEquals(31, Arrays.stream(slice).filter(id -> id == 8803).count());
    assertEquals(1, Arrays.stream(slice).filter(id -> id == 8196).count());
  }

  @Test
  void shouldSayWhereAnImageIsBroken() {
    int[] ids = grammar.encode(image(4, 4));
    assertBroken(Arrays.copyOf(ids, 10), "the image ends behind 10 tokens: want the image code 6");
    assertBroken(replaced(ids, 7, 4), "token 7 of the image is id 4: want the new line of row 0");
    assertBroken(replaced(ids, 1, 4), "token 1 of the image is id 4: want the height");
    assertBroken(replaced(ids, 23, 9000), "want the image end");
    assertBroken(new int[] {9000, 9001}, "the image ends behind 2 tokens: want the height");
    assertThrows(IllegalArgumentException.class, () -> grammar.encode(image(3, 4)));
    assertThrows(IllegalArgumentException.class, () -> grammar.encode(image(2, 132)));
  }

  private static int[] replaced(int[] ids, int at, int id) {
    int[] other = ids.clone();
    other[at] = id;
    return other;
  }

  private void assertBroken(int[] ids, String sentence) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> grammar.decode(ids)).getMessage();
    assertTrue(message.contains(sentence), message);
  }
}
