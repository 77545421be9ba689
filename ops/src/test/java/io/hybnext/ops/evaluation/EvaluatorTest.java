package io.hybnext.ops.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.HeldOutImages.HeldOut;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.ops.wiring.TrainingConfigs;
import io.hybnext.streams.batch.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drawing and measuring with the bundled networks and a transformer of one small block. */
class EvaluatorTest {
  private static final int SIDE = 128;
  private static final long SEED = 5;
  private static final HybnextSettings SETTINGS =
      HybnextSettings.parse("")
          .with(
              Map.of(
                  "model.depth", "1",
                  "model.width", "16",
                  "model.heads", "2",
                  "sampling.batch", "3"));

  private static TorchEngine engine;
  private static Networks networks;
  private static CheckpointModel model;
  private static Painter painter;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    engine = TorchEngine.start(ComputeDevice.CPU, 1);
    networks = Networks.open(engine, SETTINGS.data());
    int codes = networks.tokenizer().codes().codebookSize();
    int tokens = networks.tokenizer().codes().tokensPerImage();
    int features = networks.encoder().featureDim();
    model =
        CheckpointModel.untrained(engine, TrainingConfigs.of(SETTINGS, codes, tokens, features));
    painter = new Painter(networks.tokenizer(), SETTINGS.sampling(), SEED);
  }

  @AfterAll
  static void close() {
    model.close();
    networks.close();
  }

  /** Rings around a point that differs from image to image. */
  private static byte[] picture(int number) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      double x = i % SIDE - 40 - 10.0 * number;
      double y = i / SIDE - 64.0;
      pixels[i] = (byte) (128 + 100 * Math.cos(Math.hypot(x, y) / (5 + number)));
    }
    return pixels;
  }

  private static HeldOutSet heldOut(int count) {
    List<Sample> samples = new ArrayList<>();
    List<HeldOut> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      byte[] pixels = picture(n);
      int[] tokens = networks.tokenizer().encode(List.of(pixels))[0];
      float[] feature = new float[networks.encoder().featureDim()];
      Arrays.fill(feature, 0.1f * (n + 1));
      samples.add(new Sample(n, tokens, "caption " + n, feature));
      images.add(new HeldOut("i" + n, "caption " + n, new Image(SIDE, SIDE, 1, pixels)));
    }
    return new HeldOutSet(samples, images);
  }

  @Test
  void shouldDrawTheSamePictureWhateverIsDrawnWithIt() {
    List<byte[]> all = painter.draw(model, List.of("a", "b", "c", "d"), 0); // batches of 3
    byte[] alone = painter.draw(model, List.of("b"), 1).get(0);
    assertEquals(0, mostDifferent(alone, all.get(1)), 2); // the decoder rounds by batch
    assertTrue(mostDifferent(all.get(0), all.get(1)) > 20);
    assertFalse(Arrays.equals(all.get(0), painter.draw(model, List.of("a"), 4).get(0)));
    Painter other = new Painter(networks.tokenizer(), SETTINGS.sampling(), SEED + 1);
    assertFalse(Arrays.equals(all.get(0), other.draw(model, List.of("a"), 0).get(0)));
  }

  private static int mostDifferent(byte[] a, byte[] b) {
    int most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return most;
  }

  @Test
  void shouldWriteEveryPictureAndAGrid() throws IOException {
    List<byte[]> pictures = List.of(picture(0), picture(1), picture(2));
    List<Path> files = painter.write(folder, "p", pictures);
    assertEquals(3, files.size());
    var back = ImageIO.read(files.get(2).toFile());
    assertEquals(SIDE, back.getWidth());
    assertEquals(picture(2)[SIDE + 7] & 0xff, back.getRaster().getSample(7, 1, 0));
    painter.writeGrid(folder.resolve("grid.png"), pictures, 2);
    assertTrue(ImageIO.read(folder.resolve("grid.png").toFile()).getHeight() > 2 * SIDE);
  }

  @Test
  void shouldMeasureAnUntrainedModelAsOneThatKnowsNothing() throws IOException {
    Path network = Home.current().asset("evaluator");
    HeldOutSet heldOut = heldOut(4);
    try (Evaluator evaluator = new Evaluator(engine, network, painter, heldOut, SEED)) {
      ReportData.Evaluation first = evaluator.evaluate(model, 0);
      assertEquals(Math.log(networks.tokenizer().codes().codebookSize()), first.nll(), 0.05);
      assertTrue(first.gva() > 0.2 && first.gva() < 2, "1 - cosine is " + first.gva());
      assertTrue(first.kid() > 0.01 && first.fid() > 0.1, first.toString());
      assertTrue(first.kidToOriginals() > 0.01, first.toString());
      assertEquals(4, first.images());
      assertEquals(first, evaluator.evaluate(model, 0));
    }
  }

  @Test
  void shouldGiveTheNllOfEachTokenNotOfEachPass() {
    List<Sample> samples = heldOut(3).samples();
    CheckpointModel.Losses together = model.measure(samples, 3);
    CheckpointModel.Losses inTwo = model.measure(samples, 2);
    assertEquals(together.nll(), inTwo.nll(), 1e-6);
    assertEquals(together.gva(), inTwo.gva(), 1e-5);
  }
}
