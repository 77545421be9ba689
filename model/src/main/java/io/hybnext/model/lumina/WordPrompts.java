package io.hybnext.model.lumina;

import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.text.CaptionWords;
import java.util.Optional;

/**
 * Text ids of captions without a text tokenizer: every word is the id that its hash names among the
 * text ids of a {@link ChameleonVocabulary#compact} vocabulary. Two words may share an id; with a
 * few dozen words among thousands of ids that is rare. Thread-safe.
 */
public final class WordPrompts implements Prompts {
  private final ChameleonVocabulary vocabulary;
  private final int longest;

  /**
   * Prompts over this vocabulary.
   *
   * @param longest words of a caption that count; what is beyond is cut off
   * @throws IllegalArgumentException when the vocabulary has no text ids behind its sizes
   */
  public WordPrompts(ChameleonVocabulary vocabulary, int longest) {
    if (vocabulary.firstText() >= vocabulary.size()) {
      throw new IllegalArgumentException("a vocabulary without text ids: want a compact one");
    }
    this.vocabulary = vocabulary;
    this.longest = longest;
  }

  /** {@inheritDoc} None for a caption without a word. */
  @Override
  public int[] ids(String caption) {
    int texts = vocabulary.size() - vocabulary.firstText();
    return CaptionWords.of(caption).stream()
        .limit(longest)
        .mapToInt(
            word ->
                vocabulary.firstText() + (int) Math.floorMod(CaptionWords.hash(word), (long) texts))
        .toArray();
  }

  /** {@inheritDoc} A hash does not tell its word. */
  @Override
  public Optional<String> caption(int[] ids) {
    return Optional.empty();
  }

  @Override
  public void close() {
    // holds nothing
  }
}
