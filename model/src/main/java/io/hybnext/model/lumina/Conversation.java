package io.hybnext.model.lumina;

import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.lumina.ImageGrammar.CodeImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt and its image as one sequence: sequence start, prompt, separator, image, separator. Only
 * the answer is learned, its grammar tokens and last separator included. Source: arra.md section
 * 4.3.
 */
public final class Conversation {
  private final ChameleonVocabulary vocabulary;
  private final ImageGrammar grammar;

  /** Conversations over this vocabulary. */
  public Conversation(ChameleonVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.grammar = new ImageGrammar(vocabulary);
  }

  /** The grammar of its images. */
  public ImageGrammar grammar() {
    return grammar;
  }

  /** The token that ends every image. */
  public int imageEnd() {
    return vocabulary.marks().imageEnd();
  }

  /** Sequence start, text and separator, as generation starts from. */
  public int[] prompt(int[] text) {
    int[] ids = new int[text.length + 2];
    ids[0] = vocabulary.marks().sequenceStart();
    System.arraycopy(text, 0, ids, 1, text.length);
    ids[text.length + 1] = vocabulary.marks().separator();
    return ids;
  }

  /** The same with the opening of an image behind, so that one of this size must follow. */
  public int[] promptForImage(int[] text, int rows, int columns) {
    return joined(prompt(text), grammar.opening(rows, columns));
  }

  /**
   * What training feeds.
   *
   * @param texts (B) text ids of the prompts
   * @param images one a prompt
   */
  public TokenSequences training(List<int[]> texts, List<CodeImage> images) {
    List<int[]> ids = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int row = 0; row < texts.size(); row++) {
      int[] prompt = prompt(texts.get(row));
      int[] answer = grammar.encode(images.get(row));
      int[] one = joined(joined(prompt, answer), new int[] {vocabulary.marks().separator()});
      int[] label = one.clone();
      Arrays.fill(label, 0, prompt.length, TokenSequences.IGNORED);
      ids.add(one);
      labels.add(label);
    }
    return new TokenSequences(ids, labels);
  }

  private static int[] joined(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
