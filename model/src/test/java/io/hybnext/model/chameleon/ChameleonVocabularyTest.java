package io.hybnext.model.chameleon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChameleonVocabularyTest {
  /** Names of the published vocabulary, image codes at shuffled ids. */
  private static Map<String, Integer> shuffled() {
    int[] ids = new int[8192];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < ids.length; i++) {
      int other = random.nextInt(i + 1);
      ids[i] = ids[other];
      ids[other] = 4 + i;
    }
    Map<String, Integer> map = new LinkedHashMap<>();
    map.put("<s>", 0);
    map.put("<racm3:break>", 8197);
    map.put("<eoss>", 8196);
    for (int code = 0; code < ids.length; code++) {
      map.put(ChameleonVocabulary.nameOfCode(code), ids[code]);
    }
    for (int reserved : new int[] {8706, 8795, 8799, 8800, 8801, 8816}) {
      map.put(String.format("<reserved%05d>", reserved), reserved + 4);
    }
    return map;
  }

  @Test
  void shouldMapEveryCodeThroughItsName() {
    Map<String, Integer> names = shuffled();
    ChameleonVocabulary vocabulary = ChameleonVocabulary.of(65536, names);
    assertEquals(8192, vocabulary.codes());
    for (int code = 0; code < 8192; code++) {
      int id = vocabulary.idOfCode(code);
      assertEquals(code, vocabulary.codeOfId(id));
      assertEquals(id, names.get(ChameleonVocabulary.nameOfCode(code)));
    }
    assertEquals("IMGIMGIBJBZ", ChameleonVocabulary.nameOfCode(8191));
    assertEquals(Optional.of(8191), ChameleonVocabulary.codeOfName("IMGIMGIBJBZ"));
    assertEquals(Optional.empty(), ChameleonVocabulary.codeOfName("IMGIMGKZ"));
    assertEquals(-1, vocabulary.codeOfId(8710));
    assertEquals(8804, vocabulary.idOfSize(0));
    assertEquals(1, vocabulary.largestSize(), "sizes without a gap");
    assertEquals(Optional.of(8799), vocabulary.marks().alignment());
  }

  @Test
  void shouldNameWhatIsMissing() {
    Map<String, Integer> gap = shuffled();
    gap.remove(ChameleonVocabulary.nameOfCode(17));
    assertTrue(refused(gap).contains("8191 image tokens, of which codes 0 to 16"), refused(gap));
    Map<String, Integer> text = shuffled();
    text.keySet().removeIf(name -> name.startsWith("IMGIMG"));
    assertTrue(refused(text).contains("0 image tokens"), refused(text));
    Map<String, Integer> noStart = shuffled();
    noStart.remove("<racm3:break>");
    assertTrue(refused(noStart).contains("no token <racm3:break>"), refused(noStart));
    Map<String, Integer> twice = shuffled();
    twice.put("<eoss>", 8197);
    assertTrue(refused(twice).contains("image end has id 8197"), refused(twice));
  }

  private static String refused(Map<String, Integer> ids) {
    return assertThrows(IllegalArgumentException.class, () -> ChameleonVocabulary.of(65536, ids))
        .getMessage();
  }

  @Test
  void shouldKnowThePublishedIdsAndCompactOnes() {
    ChameleonVocabulary published = ChameleonVocabulary.published();
    assertEquals(8820, published.idOfSize(16));
    assertEquals(16, published.sizeOfId(8820));
    assertEquals(7013158912L, ChameleonConfig.published7B().layout().length());
    ChameleonVocabulary compact = ChameleonVocabulary.compact(16, 4, 20);
    assertEquals(48, compact.size());
    assertEquals(28, compact.firstText());
  }
}
