package io.hybnext.model.lumina;

import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.text.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Turns captions into the text ids of a vocabulary. */
public interface Prompts extends AutoCloseable {

  /** The ids of a caption, without sequence start and separator. */
  int[] ids(String caption);

  /** A caption with these ids; empty when ids do not tell it. */
  Optional<String> caption(int[] ids);

  @Override
  void close();

  /**
   * The way that a vocabulary has: its {@code tokenizer.json}, or hashed words.
   *
   * @param longest ids of a caption; what is beyond is cut off
   * @throws UncheckedIOException with a sentence when the tokenizer is missing or damaged
   */
  static Prompts of(ChameleonVocabulary vocabulary, int longest) {
    if (vocabulary.text().isEmpty()) {
      return new WordPrompts(vocabulary, longest);
    }
    try {
      TextTokenizer tokenizer = TextTokenizer.open(vocabulary.text().get(), longest);
      return new Prompts() {
        @Override
        public int[] ids(String caption) {
          return LongStream.of(tokenizer.encodeBare(caption)).mapToInt(Math::toIntExact).toArray();
        }

        @Override
        public Optional<String> caption(int[] ids) {
          return Optional.of(tokenizer.decode(IntStream.of(ids).asLongStream().toArray()));
        }

        @Override
        public void close() {
          tokenizer.close();
        }
      };
    } catch (IOException missing) {
      throw new UncheckedIOException(missing.getMessage(), missing);
    }
  }
}
