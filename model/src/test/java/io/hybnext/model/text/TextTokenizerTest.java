package io.hybnext.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

  /** Found by fuzzing: the native library would end the process over each of these. */
  @Test
  void shouldRefuseTemplatesThatLeadNowhere() throws IOException {
    change("{\"SpecialToken\":{\"id\":\"[CLS]\"", "{\"SpecialToken\":{\"id\":\"[NO]\"");
    assertTrue(failure().contains("its template names \"[NO]\""), failure());
    copyTokenizer();
    change("{\"Sequence\":{\"id\":\"A\"", "{\"Sequence\":{\"id\":\"B\"");
    assertTrue(failure().contains("names another, \"B\""), failure());
  }

  @Test
  void shouldTakeATokenizerWhateverItsDecoderIs() throws IOException {
    change("\"decoder\":{\"type\":\"WordPiece\"", "\"decoder\":{\"type\":\"Unheard\"");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, 16)) {
      assertArrayEquals(new long[] {2, 9, 3}, tokenizer.encode("normal"));
    }
  }

  @Test
  void shouldSayThatATextHasNoIds() throws IOException {
    change("\"unk_token\":\"[UNK]\"", "\"unk_token\":\"[NO]\"");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, 16)) {
      assertArrayEquals(new long[] {2, 9, 3}, tokenizer.encode("normal"));
      String message =
          assertThrows(UncheckedIOException.class, () -> tokenizer.encode("胸部")).getMessage();
      assertTrue(message.contains("tokenizer.json cannot take a text: "), message);
    }
  }

  @Test
  void shouldRefuseMergesWithoutTheirPrefix() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"version\":\"1.0\",\"added_tokens\":[],\"model\":{\"type\":\"BPE\","
            + "\"continuing_subword_prefix\":\"##\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},"
            + "\"merges\":[[\"a\",\"b\"]]}}");
    assertTrue(failure().contains("does not continue a word with ##"), failure());
  }

  private void change(String sound, String other) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String json = new ObjectMapper().readTree(file.toFile()).toString();
    assertTrue(json.contains(sound), json);
    Files.writeString(file, json.replace(sound, other));
  }
}
