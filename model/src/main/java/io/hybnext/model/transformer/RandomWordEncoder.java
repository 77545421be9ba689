package io.hybnext.model.transformer;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.model.decoder.RandomStreams;
import io.hybnext.model.text.CaptionWords;
import java.util.List;

/**
 * A text encoder without weights: every word is a fixed random vector of unit variance, drawn from
 * a counter keyed by a hash of the word, in the order of the caption. Case, punctuation and
 * compatibility forms do not count; a letter of a script written without spaces (Han, Kana) is a
 * word. Words know nothing of each other: what they mean the network's own projection has to learn.
 * It stands in for a pretrained encoder where there is none, for vocabularies as small as that of
 * X-ray captions.
 *
 * <p>The first T words count. A caption without a word has one vector of its own.
 */
public final class RandomWordEncoder implements CaptionEncoder {
  private final int positions;
  private final int width;

  /** An encoder for a network's condition. */
  public RandomWordEncoder(int positions, int width) {
    this.positions = positions;
    this.width = width;
  }

  @Override
  public int positions() {
    return positions;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public CaptionFeatures encode(String caption) {
    List<String> words = CaptionWords.of(caption);
    if (words.isEmpty()) {
      words = List.of("");
    }
    int length = Math.min(words.size(), positions);
    float[] features = new float[positions * width];
    for (int i = 0; i < length; i++) {
      fill(features, (positions - length + i) * width, words.get(i));
    }
    return new CaptionFeatures(features, length);
  }

  /** Box-Muller in strict double arithmetic: the same bits on every machine. */
  private void fill(float[] features, int offset, String word) {
    long key = CounterRandom.key(CaptionWords.hash(word), RandomStreams.WORDS, 0, 0);
    for (int i = 0; i < width; i++) {
      long bits = CounterRandom.word(key, i);
      double radius = StrictMath.sqrt(-2 * StrictMath.log(((bits >>> 32) + 0.5) * 0x1p-32));
      double angle = 2 * Math.PI * ((bits & 0xffffffffL) * 0x1p-32);
      features[offset + i] = (float) (radius * StrictMath.cos(angle));
    }
  }
}
