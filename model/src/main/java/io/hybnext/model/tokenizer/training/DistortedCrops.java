package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Crops distorted in the ways that tokenizers distort images: blurred, in blocks, noisy, with a
 * repeated pattern, with changed contrast. A network that can tell how much has the features that a
 * perceptual distance needs; no weights from elsewhere are needed for it. Grey or RGB, every
 * channel distorted alike.
 */
final class DistortedCrops {
  /** How much of: blur, blocks, noise, pattern, contrast change. */
  static final int MEASURES = 5;

  private static final long STREAM = 4;
  private static final int BATCH = 32;

  private final List<byte[]> squares;
  private final int imageSide;
  private final int channels;
  private final VqTrainingConfig settings;

  /**
   * Draws from images of one size.
   *
   * @param squares imageSide * imageSide * channels bytes each
   */
  DistortedCrops(List<byte[]> squares, int imageSide, int channels, VqTrainingConfig settings) {
    this.squares = squares;
    this.imageSide = imageSide;
    this.channels = channels;
    this.settings = settings;
  }

  /**
   * One batch.
   *
   * @param pixels (count, channels, side, side) in about [-1, 1]
   * @param measures (count, MEASURES)
   */
  record Batch(int count, int channels, int side, float[] pixels, float[] measures) {
    Array crops(Scope owner) {
      return owner.floats(pixels, count, channels, side, side);
    }
  }

  Batch batch(long step) {
    int side = settings.cropSize();
    float[] pixels = new float[BATCH * channels * side * side];
    float[] measures = new float[BATCH * MEASURES];
    for (int i = 0; i < BATCH; i++) {
      long key = CounterRandom.key(settings.seed(), STREAM, step, i);
      SplittableRandom random = new SplittableRandom(key);
      byte[] image = squares.get(random.nextInt(squares.size()));
      int top = random.nextInt(imageSide - side + 1);
      int left = random.nextInt(imageSide - side + 1);
      Distortion distortion = Distortion.draw(random, side);
      for (int c = 0; c < channels; c++) {
        float[] plane = plane(image, top, left, c, side);
        distortion.apply(plane, side);
        System.arraycopy(plane, 0, pixels, (i * channels + c) * side * side, side * side);
      }
      System.arraycopy(distortion.measures(), 0, measures, i * MEASURES, MEASURES);
    }
    return new Batch(BATCH, channels, side, pixels, measures);
  }

  private float[] plane(byte[] image, int top, int left, int channel, int side) {
    float[] plane = new float[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int at = ((top + y) * imageSide + left + x) * channels + channel;
        plane[y * side + x] = (image[at] & 0xff) / 127.5f - 1;
      }
    }
    return plane;
  }
}
