package io.hybnext.model.lumina;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.model.chameleon.ChameleonVocabulary;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WordPromptsTest {
  private final ChameleonVocabulary vocabulary = ChameleonVocabulary.compact(16, 4, 2048);
  private final WordPrompts prompts = new WordPrompts(vocabulary, 5);

  @Test
  void shouldGiveEveryWordItsIdInAnyScript() {
    int[] ids = prompts.ids("PA view, chest X-ray");
    assertEquals(5, ids.length);
    assertArrayEquals(ids, prompts.ids("pa VIEW chest x ray."));
    assertEquals(3, prompts.ids("胸部 рентген").length);
    assertTrue(
        Arrays.stream(ids).allMatch(id -> id >= vocabulary.firstText() && id < vocabulary.size()));
    assertEquals(5, Arrays.stream(ids).distinct().count());
  }

  @Test
  void shouldCutLongCaptionsAndTakeEmptyOnes() {
    assertEquals(5, prompts.ids("one two three four five six seven").length);
    assertEquals(0, prompts.ids(" ... ").length);
  }

  @Test
  void shouldRefuseAVocabularyWithoutTexts() {
    ChameleonVocabulary images = ChameleonVocabulary.compact(16, 4, 0);
    assertThrows(IllegalArgumentException.class, () -> new WordPrompts(images, 5));
  }
}
