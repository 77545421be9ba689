package io.hybnext.ops.bench;

import io.hybnext.image.Framing;
import io.hybnext.image.Image;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageTokenizer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Pictures as 8 x 8 greys: tokens of 16 levels, and the same greys as features. */
final class CoarseNetworks {
  private static final String NAME = "coarse";
  private static final int SIDE = 8;
  private static final int LEVELS = 16;
  private static final int PIXELS = 128;

  private CoarseNetworks() {}

  /** Mean grey of each field, 0 to 255. */
  private static int[] greys(Image image) {
    int[] sums = new int[SIDE * SIDE];
    int field = PIXELS / SIDE;
    for (int y = 0; y < PIXELS; y++) {
      for (int x = 0; x < PIXELS; x++) {
        sums[y / field * SIDE + x / field] += image.pixels()[y * PIXELS + x] & 0xff;
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= field * field;
    }
    return sums;
  }

  static final class Tokenizer implements ImageTokenizer {
    @Override
    public String fingerprint() {
      return NAME;
    }

    @Override
    public int imageSize() {
      return PIXELS;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public int tokensPerImage() {
      return SIDE * SIDE;
    }

    @Override
    public int codebookSize() {
      return LEVELS;
    }

    @Override
    public CompletionStage<List<int[]>> encode(List<Image> images) {
      return CompletableFuture.completedFuture(images.stream().map(Tokenizer::tokens).toList());
    }

    private static int[] tokens(Image image) {
      int[] tokens = greys(image);
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = tokens[i] * LEVELS / 256;
      }
      return tokens;
    }
  }

  static final class Encoder implements FeatureEncoder {
    @Override
    public String fingerprint() {
      return NAME;
    }

    @Override
    public int dimension() {
      return SIDE * SIDE;
    }

    @Override
    public ImageFit fit() {
      return new ImageFit(Framing.centreSquare(PIXELS), 1);
    }

    @Override
    public CompletionStage<List<float[]>> encode(List<Image> images) {
      return CompletableFuture.completedFuture(images.stream().map(Encoder::feature).toList());
    }

    private static float[] feature(Image image) {
      int[] greys = greys(image);
      float[] feature = new float[greys.length];
      for (int i = 0; i < greys.length; i++) {
        feature[i] = greys[i] / 128f - 1;
      }
      return feature;
    }
  }
}
