package io.hybnext.model.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderTrainingTest {
  private static final int SIDE = 32;
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  @TempDir Path folder;

  @Test
  void shouldLearnWithoutLabelsAndGiveWhitenedFeatures() throws IOException {
    EncoderConfig config =
        new EncoderConfig(EncoderConfig.Kind.RESIDUAL, SIDE, 2, 2, List.of(8, 16), 1, 4, 16);
    List<byte[]> images = blobs(256);
    List<SelfSupervisedTraining.Progress> lines = new ArrayList<>();
    EncoderTrainingConfig settings = new EncoderTrainingConfig(3, 60, 32, 2e-3);
    SelfSupervisedTraining.run(engine, config, images, settings, folder, lines::add);
    assertTrue(
        lines.get(lines.size() - 1).loss() < 0.9 * lines.get(0).loss(), "loss falls, was " + lines);

    try (VisionEncoder encoder = VisionEncoder.open(engine, folder)) {
      List<float[]> features = encoder.encode(framed(images));
      for (int d = 0; d < config.featureDim(); d++) {
        int component = d;
        double mean = features.stream().mapToDouble(f -> f[component]).average().orElseThrow();
        double square =
            features.stream().mapToDouble(f -> f[component] * f[component]).average().orElseThrow();
        assertEquals(0, mean, 1e-2, "mean of component " + d);
        assertTrue(square < 1.05, "variance " + square + " of component " + d);
      }
      assertArrayEquals(
          features.get(5), encoder.encode(framed(images.subList(5, 6))).get(0), 1e-4f, "any batch");
    }
  }

  @Test
  void shouldLearnLabels() throws IOException {
    EncoderConfig config =
        new EncoderConfig(EncoderConfig.Kind.PLAIN, SIDE, 1, 1, List.of(8, 16), 1, 4, 8);
    List<byte[]> images = blobs(128);
    List<float[]> labels = new ArrayList<>();
    for (byte[] image : images) {
      labels.add(new float[] {(image[SIDE * SIDE / 2 + SIDE / 2] & 255) > 100 ? 1 : 0, 1});
    }
    List<LabelTraining.Progress> lines = new ArrayList<>();
    EncoderTrainingConfig settings = new EncoderTrainingConfig(3, 120, 32, 5e-3);
    LabelTraining.run(engine, config, images, labels, settings, folder, lines::add);
    assertTrue(lines.get(lines.size() - 1).loss() < 0.4, "loss was " + lines);
  }

  @Test
  void shouldNameFileAndRuleOfImpossibleSettings() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"kind\": \"PLAIN\", \"image_size\": 33, \"pool_before\": 1, \"patch\": 1,"
            + " \"widths\": [8, 16], \"blocks\": 1, \"groups\": 4, \"feature_dim\": 8}");
    String message =
        assertThrows(IOException.class, () -> VisionEncoder.open(engine, folder)).getMessage();
    assertTrue(message.contains(folder.resolve("config.json").toString()), message);
    assertTrue(
        message.endsWith("want image_size divisible by 4 and widths divisible by 4"), message);
  }

  private static List<Image> framed(List<byte[]> images) {
    return images.stream().map(pixels -> new Image(SIDE, SIDE, 1, pixels)).toList();
  }

  /** Bright discs at random places. */
  private static List<byte[]> blobs(int count) {
    List<byte[]> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      long key = CounterRandom.key(1, 2, 3, n);
      double x = SIDE * CounterRandom.uniform(key, 0);
      double y = SIDE * CounterRandom.uniform(key, 1);
      double radius = 3 + 10 * CounterRandom.uniform(key, 2);
      byte[] image = new byte[SIDE * SIDE];
      for (int i = 0; i < image.length; i++) {
        double distance = Math.hypot(i % SIDE - x, (double) (i / SIDE) - y);
        image[i] = (byte) (distance < radius ? 220 : 30);
      }
      images.add(image);
    }
    return images;
  }
}
