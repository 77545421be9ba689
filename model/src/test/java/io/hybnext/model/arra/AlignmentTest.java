package io.hybnext.model.arra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.SequenceShape.RepPlace;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.transformer.TransformerPresets;
import org.junit.jupiter.api.Test;

/** Closed forms of the alignment term (arra.md, section 2). */
class AlignmentTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final ParameterLayout.Bucket projector =
      TransformerLayout.of(TransformerPresets.named("tiny"))
          .withProjector(64, 2, false)
          .buckets()
          .get(5);
  private final Alignment alignment =
      new Alignment(engine, ArraConfig.standard(2), projector, Precision.FP32);

  @Test
  void shouldFollowTheCosine() {
    float[] target = {1, 0};
    assertEquals(0.5f, term(new float[] {1, 0, 0, 1}, target), 1e-7f);
    assertEquals(0f, term(new float[] {3, 0, 0.5f, 0}, target), 1e-7f);
    assertEquals(2f, term(new float[] {-1, 0, -7, 0}, target), 1e-7f);
    assertEquals(1f, term(new float[] {0, 0, 0, 5}, target), 1e-7f);
    assertEquals(0f, term(new float[] {2, 2, 4, 4}, new float[] {9, 9}), 1e-6f);
  }

  private float term(float[] projected, float[] target) {
    try (Scope scope = engine.openScope("test")) {
      Array u = scope.floats(projected, 1, 2, 2);
      return alignment.gvaOfProjected(scope, u, scope.floats(target, 1, 2)).item();
    }
  }

  @Test
  void shouldHaveTheAnalyticGradient() {
    float[] projected = {0.3f, -1.2f, 2f, 0.7f, -0.4f, -0.1f, 1.5f, 2.5f};
    float[] targets = {0.6f, -0.8f, 3f, 4f};
    try (Scope scope = engine.openScope("test");
        Autograd.Recording on = Autograd.record()) {
      Array u = scope.floats(projected, 2, 2, 2).leaf(scope);
      Array f = scope.floats(targets, 2, 2);
      Autograd.backward(alignment.gvaOfProjected(scope, u, f));
      float[] gradient = Autograd.gradient(scope, u).orElseThrow().toFloats();
      for (int row = 0; row < 4; row++) {
        int sample = row / 2;
        double length = Math.hypot(targets[2 * sample], targets[2 * sample + 1]);
        double norm = Math.hypot(projected[2 * row], projected[2 * row + 1]);
        double cosine = 0;
        for (int i = 0; i < 2; i++) {
          cosine += projected[2 * row + i] / norm * targets[2 * sample + i] / length;
        }
        for (int i = 0; i < 2; i++) {
          double unit = targets[2 * sample + i] / length;
          // -(1 / n) (g - cos u / n), divided by two positions and two samples
          double wanted = -(unit - cosine * projected[2 * row + i] / norm) / norm / 4;
          assertEquals(wanted, gradient[2 * row + i], 1e-6);
        }
      }
    }
  }

  @Test
  void shouldSelectPositions() {
    SequenceShape plain = new SequenceShape(6, 16, RepPlace.NONE);
    assertPositions(Positions.PREDICTING_IMAGE, plain, 5, 16);
    assertPositions(Positions.ALL, plain, 0, 21);
    assertPositions(Positions.REP_PRE, new SequenceShape(6, 16, RepPlace.BEFORE_IMAGE), 6, 1);
    assertPositions(Positions.REP_POST, new SequenceShape(6, 16, RepPlace.AFTER_IMAGE), 22, 1);
  }

  private void assertPositions(Positions positions, SequenceShape shape, int first, int count) {
    assertEquals(new AlignedPositions.Range(first, count), shape.aligned(positions));
  }

  @Test
  void shouldGiveTheSameTermForTheSamePositionsListedOneByOne() {
    SequenceShape shape = new SequenceShape(2, 3, RepPlace.NONE); // of 4 positions, 1 to 3 aligned
    long[] flat = {1, 2, 3, 5, 6, 7};
    long[] sample = {0, 0, 0, 1, 1, 1};
    float sixth = 1 / 6f;
    float[] weight = {sixth, sixth, sixth, sixth, sixth, sixth};
    try (Scope scope = engine.openScope("test");
        Alignment alignment =
            new Alignment(engine, ArraConfig.standard(2), projector, Precision.FP32)) {
      int width = projector.parameters().get(0).shape().get(1);
      Array hidden = scope.floats(ramp(8 * width, 7), 2, 4, width);
      Array weights = scope.floats(ramp(projector.length(), 5), projector.length());
      Array features = scope.floats(new float[] {1, 2, -1, 0.5f}, 2, 2);
      double ranged =
          alignment
              .gva(scope, hidden, weights, features, shape.aligned(Positions.PREDICTING_IMAGE))
              .item();
      AlignedPositions rows = new AlignedPositions.Rows(flat, sample, weight);
      assertEquals(ranged, alignment.gva(scope, hidden, weights, features, rows).item(), 1e-6);
    }
  }

  @Test
  void shouldMeasureSquaredDifferencesWhenAsked() {
    ArraConfig squared = ArraConfig.standard(2).withDistance(ArraConfig.Distance.MSE);
    try (Scope scope = engine.openScope("test");
        Alignment measuring = new Alignment(engine, squared, projector, Precision.FP32)) {
      int width = projector.parameters().get(0).shape().get(1);
      Array hidden = scope.floats(ramp(4 * width, 7), 2, 2, width);
      Array weights = scope.floats(ramp(projector.length(), 5), projector.length());
      float[] target = {1, 2, -1, 0.5f};
      Array features = scope.floats(target, 2, 2);
      float[] projected = measuring.projected(scope, hidden, weights).toFloats();
      double expected = 0;
      for (int i = 0; i < 8; i++) {
        expected += Math.pow(projected[i] - target[2 * (i / 4) + i % 2], 2) / 8;
      }
      AlignedPositions all = new AlignedPositions.Range(0, 2);
      assertEquals(expected, measuring.gva(scope, hidden, weights, features, all).item(), 1e-4);
      AlignedPositions rows =
          new AlignedPositions.Rows(
              new long[] {0, 1, 2, 3},
              new long[] {0, 0, 1, 1},
              new float[] {0.25f, 0.25f, 0.25f, 0.25f});
      assertEquals(expected, measuring.gva(scope, hidden, weights, features, rows).item(), 1e-4);
    }
  }

  private static float[] ramp(int length, int period) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (i % period - period / 2) / 4f;
    }
    return values;
  }

  @Test
  void shouldReadLayersAndRefuseImpossibleOnes() {
    assertEquals(3, AlignmentLayer.parse("3").blockIn(6));
    assertEquals(6, AlignmentLayer.parse("lastpre").blockIn(6));
    assertEquals("lastpost", AlignmentLayer.parse("lastpost").toString());
    assertThrows(IllegalArgumentException.class, () -> AlignmentLayer.parse("0"));
    assertThrows(IllegalArgumentException.class, () -> AlignmentLayer.parse("first"));
    assertThrows(IllegalArgumentException.class, () -> AlignmentLayer.block(7).blockIn(6));
    assertThrows(IllegalArgumentException.class, () -> Positions.parse("some"));
    assertEquals(Positions.REP_PRE, Positions.parse("rep-pre"));
  }
}
