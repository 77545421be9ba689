package io.hybnext.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small WordPiece vocabulary: 2 begins, 3 ends, 1 is unknown, 5 chest, 6 x, 7 -, 8 ray, 9 normal,
 * 10 card, 11 ##iom, 12 ##egaly, 14 finding, 15 ##s, 17 full stop, 35 u. Ids follow from the
 * algorithm by hand: longest match first.
 */
class TextTokenizerTest {
  @TempDir Path folder;

  @BeforeEach
  void copyTokenizer() throws IOException {
    try (InputStream in = TextTokenizerTest.class.getResourceAsStream("tokenizer.json")) {
      Files.write(folder.resolve("tokenizer.json"), in.readAllBytes());
    }
  }

  @Test
  void shouldCutWordsIntoTheLongestPieces() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, 16)) {
      assertArrayEquals(
          new long[] {2, 5, 6, 7, 8, 10, 11, 12, 17, 3},
          tokenizer.encode("Chest X-ray\n cardiomegaly."));
      assertArrayEquals(new long[] {2, 9, 14, 15, 3}, tokenizer.encode("normal findings"));
      assertArrayEquals(new long[] {2, 3}, tokenizer.encode(""));
    }
  }

  @Test
  void shouldTakeAnyScript() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, 16)) {
      assertArrayEquals(new long[] {2, 35, 3}, tokenizer.encode("Ü")); // accents are stripped
      assertArrayEquals(new long[] {2, 1, 1, 3}, tokenizer.encode("胸部"));
      assertArrayEquals(new long[] {2, 1, 3}, tokenizer.encode("\uD83E\uDE7B"));
    }
  }

  @Test
  void shouldCutLongTextsAndKeepTheEnd() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, 6)) {
      long[] ids = tokenizer.encode("normal ".repeat(1000));
      assertArrayEquals(new long[] {2, 9, 9, 9, 9, 3}, ids);
    }
  }

  @Test
  void shouldSayWhatIsWrongWithTheFile() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": 3}");
    assertTrue(failure().contains("tokenizer.json is no tokenizer: "), failure());
    Files.delete(folder.resolve("tokenizer.json"));
    assertTrue(failure().contains("tokenizer.json is missing"), failure());
  }

  private String failure() {
    return assertThrows(IOException.class, () -> TextTokenizer.open(folder, 6)).getMessage();
  }
}
