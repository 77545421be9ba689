package io.hybnext.model.text;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a caption, for networks without a text tokenizer of their own. Case, punctuation and
 * compatibility forms do not count; a letter of a script written without spaces (Han, Kana) is a
 * word.
 */
public final class CaptionWords {
  private static final Pattern WORD =
      Pattern.compile(
          "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]"
              + "|[\\p{L}\\p{M}\\p{N}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]]+");
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private CaptionWords() {}

  /** The words that count, in order. */
  public static List<String> of(String caption) {
    String plain = Normalizer.normalize(caption, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>();
    for (Matcher word = WORD.matcher(plain); word.find(); ) {
      words.add(word.group());
    }
    return words;
  }

  /** A number of a word, the same on every machine: FNV-1a over UTF-8. */
  public static long hash(String word) {
    long hash = FNV_OFFSET;
    for (byte letter : word.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (letter & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
