package io.hybnext.streams;

import io.hybnext.image.Image;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageTokenizer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Networks whose answers are simple functions of the pixels, and that count what they are asked.
 */
public final class FakeNetworks {
  private FakeNetworks() {}

  /** Mean of each of 4 x 4 fields, as token. */
  public static class Tokenizer implements ImageTokenizer {
    public final AtomicInteger images = new AtomicInteger();
    private final String fingerprint;

    public Tokenizer(String fingerprint) {
      this.fingerprint = fingerprint;
    }

    @Override
    public String fingerprint() {
      return fingerprint;
    }

    @Override
    public int imageSize() {
      return 32;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public int tokensPerImage() {
      return 16;
    }

    @Override
    public int codebookSize() {
      return 256;
    }

    @Override
    public CompletionStage<List<int[]>> encode(List<Image> batch) {
      images.addAndGet(batch.size());
      return CompletableFuture.supplyAsync(() -> batch.stream().map(Tokenizer::tokens).toList());
    }

    public static int[] tokens(Image image) {
      int[] tokens = new int[16];
      for (int i = 0; i < image.pixels().length; i++) {
        int field =
            i / image.width() * 4 / image.height() * 4 + i % image.width() * 4 / image.width();
        tokens[field] += image.pixels()[i] & 0xFF;
      }
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] /= image.pixels().length / 16;
      }
      return tokens;
    }
  }

  /** Mean of each channel of a 24 pixel RGB image, and the mean of all. */
  public static class Encoder implements FeatureEncoder {
    public final AtomicInteger images = new AtomicInteger();
    private final String fingerprint;

    public Encoder(String fingerprint) {
      this.fingerprint = fingerprint;
    }

    @Override
    public String fingerprint() {
      return fingerprint;
    }

    @Override
    public int dimension() {
      return 4;
    }

    @Override
    public ImageFit fit() {
      return ImageFit.centreSquare(24, 3);
    }

    @Override
    public CompletionStage<List<float[]>> encode(List<Image> batch) {
      images.addAndGet(batch.size());
      return CompletableFuture.completedFuture(batch.stream().map(Encoder::feature).toList());
    }

    public static float[] feature(Image image) {
      float[] feature = new float[4];
      int count = image.width() * image.height();
      for (int i = 0; i < image.pixels().length; i++) {
        feature[i % 3] += (image.pixels()[i] & 0xFF) / (float) count;
      }
      feature[3] = (feature[0] + feature[1] + feature[2]) / 3;
      return feature;
    }
  }
}
