package io.hybnext.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class InceptionScoreTest {
  @Test
  void shouldBeOneWhenNothingIsToldApart() {
    double[][] undecided = {{0.25, 0.75}, {0.25, 0.75}, {0.25, 0.75}};
    InceptionScore score = InceptionScore.of(undecided, 1);
    assertEquals(1, score.mean(), 1e-12);
    assertEquals(0, score.deviation(), 0);
  }

  @Test
  void shouldBeTheNumberOfClassesWhenAllAreSureAndEqual() {
    double[][] sure = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    assertEquals(3, InceptionScore.of(sure, 1).mean(), 1e-12);
  }

  @Test
  void shouldFollowTheDefinitionInEverySplit() {
    double[][] rows = {{0.9, 0.1}, {0.2, 0.8}, {0.5, 0.5}, {0.5, 0.5}};
    double m = 0.55;
    double information =
        (0.9 * Math.log(0.9 / m)
                + 0.1 * Math.log(0.1 / (1 - m))
                + 0.2 * Math.log(0.2 / m)
                + 0.8 * Math.log(0.8 / (1 - m)))
            / 2;
    InceptionScore score = InceptionScore.of(rows, 2);
    double first = Math.exp(information);
    assertEquals((first + 1) / 2, score.mean(), 1e-12);
    assertEquals((first - 1) / 2, score.deviation(), 1e-12);
  }

  @Test
  void shouldRefuseWhatAreNoProbabilities() {
    assertThrows(
        IllegalArgumentException.class, () -> InceptionScore.of(new double[][] {{0.5, 0.2}}, 1));
    assertThrows(
        IllegalArgumentException.class, () -> InceptionScore.of(new double[][] {{1.5, -0.5}}, 1));
    assertThrows(
        IllegalArgumentException.class, () -> InceptionScore.of(new double[][] {{1, 0}}, 2));
  }

  @Test
  void shouldClassifyByNearestMeanAndFrequency() {
    double[][] features = {{0, 0}, {0, 2}, {10, 0}, {10, 2}, {10, 1}};
    List<String> labels = List.of("a", "a", "b", "b", "b");
    GaussianClassifier classifier = GaussianClassifier.of(features, labels);
    double[][] p = classifier.probabilities(new double[][] {{0, 1}, {10, 1}, {5, 1}});
    assertTrue(p[0][0] > 0.999, "near a: " + p[0][0]);
    assertTrue(p[1][1] > 0.999, "near b: " + p[1][1]);
    assertEquals(0.6, p[2][1], 1e-12); // halfway, so as frequent as in the samples
    assertThrows(
        IllegalArgumentException.class,
        () -> GaussianClassifier.of(features, List.of("a", "a", "a", "a", "a")));
  }
}
