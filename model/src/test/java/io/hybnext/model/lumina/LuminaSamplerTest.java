package io.hybnext.model.lumina;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.chameleon.SmallChameleon;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.training.ArraTraining;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LuminaSamplerTest {
  private static final ChameleonVocabulary VOCABULARY = SmallChameleon.VOCABULARY;
  private static final ChameleonConfig CONFIG =
      ChameleonConfig.small(VOCABULARY, 32, 48, 2, 4, 128);
  private static final LuminaSettings DRAWN =
      LuminaSettings.OFFICIAL.withTopK(0, 0).withCfgScale(3).upTo(60, true);

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final ArraTraining training =
      SmallChameleon.training(engine, CONFIG, ArraConfig.standard(8), Precision.FP32, false);
  private final ModelWeights weights = training.weights();
  private final LuminaSampler sampler = new LuminaSampler(engine, CONFIG, Precision.FP32);
  private final Conversation conversation = new Conversation(VOCABULARY);

  @AfterEach
  void close() {
    sampler.close();
    training.close();
  }

  private int[] words(int count) {
    int[] words = new int[count];
    Arrays.setAll(words, i -> VOCABULARY.firstText() + i % 20);
    return words;
  }

  private List<int[]> generate(LuminaSettings settings, long[] samples, int[]... prompts) {
    return sampler.generate(weights, List.of(prompts), settings, 5, samples, (done, atMost) -> {});
  }

  @Test
  void shouldDrawImagesOfTheAskedSizeWhateverTheWeights() {
    int[] tall = conversation.promptForImage(words(3), 6, 2);
    int[] wide = conversation.promptForImage(words(7), 2, 8);
    List<int[]> drawn = generate(DRAWN, new long[] {0, 1}, tall, wide);
    assertSize(6, 2, tall, drawn.get(0));
    assertSize(2, 8, wide, drawn.get(1));
  }

  @Test
  void shouldCloseEveryImageThatItOpensItself() {
    int[] prompt = conversation.prompt(words(2));
    prompt[3] = VOCABULARY.marks().imageStart(); // all but the sizes is left to the network
    long[] samples = {0, 1, 2, 3, 4, 5};
    int[][] prompts = new int[samples.length][];
    Arrays.fill(prompts, prompt);
    for (int[] drawn : generate(DRAWN, samples, prompts)) {
      int rows = 2 * VOCABULARY.sizeOfId(drawn[0]);
      int columns = 2 * VOCABULARY.sizeOfId(drawn[1]);
      assertSize(rows, columns, prompt, drawn);
    }
  }

  private void assertSize(int rows, int columns, int[] prompt, int[] drawn) {
    int[] all = Arrays.copyOf(prompt, prompt.length + drawn.length);
    System.arraycopy(drawn, 0, all, prompt.length, drawn.length);
    ImageGrammar.CodeImage image = conversation.grammar().decode(all);
    assertEquals(rows, image.rows());
    assertEquals(columns, image.columns());
  }

  @Test
  void shouldGuideByAStreamThatSeesTheImageAlone() {
    int[] prompt = conversation.promptForImage(words(5), 2, 2);
    int[] opening = Arrays.copyOfRange(prompt, 7, 10);
    LuminaSettings one = DRAWN.upTo(1, false);
    float[] guided = first(prompt, one);
    float[] conditional = first(prompt, one.withCfgScale(1));
    float[] unconditional = first(opening, one.withCfgScale(1));
    for (int code = 0; code < VOCABULARY.codes(); code++) {
      int id = VOCABULARY.idOfCode(code);
      float expected = unconditional[id] + 3 * (conditional[id] - unconditional[id]);
      assertEquals(expected, guided[id], 1e-5);
    }
    assertEquals(Float.NEGATIVE_INFINITY, guided[VOCABULARY.firstText()]);
  }

  private float[] first(int[] prompt, LuminaSettings settings) {
    return sampler.trace(weights, List.of(prompt), settings, 0, new long[1]).scores().get(0);
  }

  @Test
  void shouldDrawTheSameAloneAndBesideLongerPrompts() {
    int[] small = conversation.promptForImage(words(1), 2, 2);
    int[] large = conversation.promptForImage(words(9), 4, 4);
    List<int[]> both = generate(DRAWN, new long[] {3, 4}, small, large);
    assertArrayEquals(both.get(0), generate(DRAWN, new long[] {3}, small).get(0));
    assertArrayEquals(both.get(1), generate(DRAWN, new long[] {4}, large).get(0));
    int[] other = generate(DRAWN, new long[] {5}, large).get(0);
    assertFalse(Arrays.equals(both.get(1), other), "another sample draws other noise");
  }

  @Test
  void shouldFilterByPlace() {
    int[] inside = conversation.promptForImage(words(1), 2, 2);
    LuminaSettings filtered = DRAWN.withTopK(3, 5).upTo(1, false);
    assertEquals(3, open(first(inside, filtered)));
    assertEquals(5, open(first(conversation.prompt(words(1)), filtered)));
    assertEquals(16, open(first(inside, DRAWN.upTo(1, false))), "all image codes");
  }

  @Test
  void shouldDrawOnlyFromTheLikeliestThatReachTopP() {
    int[] prompt = conversation.promptForImage(words(4), 2, 2);
    LuminaSettings one = DRAWN.upTo(1, false);
    float[] scores = first(prompt, one);
    Set<Integer> allowed = nucleus(scores, 0.3);
    assertTrue(allowed.size() > 1 && allowed.size() < open(scores), "of 16 codes " + allowed);
    assertEquals(allowed, drawnFirst(prompt, one.withTopP(0.3)));
    assertTrue(drawnFirst(prompt, one).size() > allowed.size(), "without it others come too");
    assertEquals(1, drawnFirst(prompt, one.withTopP(1e-6)).size());
    assertThrows(IllegalArgumentException.class, () -> one.withTopP(0));
  }

  /** What may be drawn, worked out here from the scores. */
  private static Set<Integer> nucleus(float[] scores, double mass) {
    double total = 0;
    for (float score : scores) {
      total += Math.exp(score);
    }
    Set<Integer> kept = new HashSet<>();
    double reached = 0;
    while (reached <= mass) {
      int best = -1;
      for (int id = 0; id < scores.length; id++) {
        if (!kept.contains(id) && (best < 0 || scores[id] > scores[best])) {
          best = id;
        }
      }
      kept.add(best);
      reached += Math.exp(scores[best]) / total;
    }
    return kept;
  }

  private Set<Integer> drawnFirst(int[] prompt, LuminaSettings settings) {
    int count = 200;
    long[] samples = new long[count];
    Arrays.setAll(samples, i -> i);
    int[][] prompts = new int[count][];
    Arrays.fill(prompts, prompt);
    Set<Integer> first = new HashSet<>();
    generate(settings, samples, prompts).forEach(ids -> first.add(ids[0]));
    return first;
  }

  private static long open(float[] scores) {
    long open = 0;
    for (float score : scores) {
      open += score > Float.NEGATIVE_INFINITY ? 1 : 0;
    }
    return open;
  }

  @Test
  void shouldRefuseAPromptWithoutRoom() {
    int[] prompt = new int[128];
    String message =
        assertThrows(IllegalArgumentException.class, () -> generate(DRAWN, new long[1], prompt))
            .getMessage();
    assertTrue(message.contains("a prompt of 128 tokens leaves no room"), message);
  }
}
