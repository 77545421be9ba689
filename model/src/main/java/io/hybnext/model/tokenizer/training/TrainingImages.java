package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.image.Resampling;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws the batches of a training run from images in memory. Sample {@code i} of step {@code s} is
 * a function of (seed, s, i): the order is a shuffle an epoch, so every image comes once an epoch.
 */
final class TrainingImages {
  private static final long ORDER = 1;
  private static final long VIEW = 2;

  /**
   * How samples are drawn and altered.
   *
   * @param seed of every random choice
   * @param batchSize images a step
   * @param zoomShare share of samples that show a random part of the image
   * @param zoomLeast smallest part, as a share of the side
   * @param contrast contrast changes by up to this share
   * @param brightness brightness changes by up to this share of the full range
   */
  record Views(
      long seed,
      int batchSize,
      double zoomShare,
      double zoomLeast,
      double contrast,
      double brightness) {}

  private final List<SourceImage> images;
  private final Views settings;
  private final int side;
  private int[] order = {};
  private long orderedEpoch = -1;

  TrainingImages(List<SourceImage> images, Views settings, int side) {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("no training images: the train split is empty");
    }
    this.images = images;
    this.settings = settings;
    this.side = side;
  }

  int channels() {
    return images.get(0).channels();
  }

  /** Values in [-1, 1], (B, channels, side, side). */
  float[] batch(long step) {
    int length = side * side * channels();
    float[] batch = new float[settings.batchSize() * length];
    for (int i = 0; i < settings.batchSize(); i++) {
      long sample = step * settings.batchSize() + i;
      SourceImage source = images.get(index(sample));
      long key = CounterRandom.key(settings.seed(), VIEW, step, i);
      view(source, new SplittableRandom(key), batch, i * length);
    }
    return batch;
  }

  private int index(long sample) {
    long epoch = sample / images.size();
    if (epoch != orderedEpoch) {
      order = Shuffle.of(images.size(), CounterRandom.key(settings.seed(), ORDER, epoch, 0));
      orderedEpoch = epoch;
    }
    return order[(int) (sample % images.size())];
  }

  private void view(SourceImage source, SplittableRandom random, float[] target, int offset) {
    boolean zoomed = random.nextDouble() < settings.zoomShare();
    byte[] pixels = zoomed ? part(source, random) : source.square(side);
    boolean mirrored = random.nextBoolean();
    double gain = 1;
    double shift = 0;
    if (zoomed) {
      gain = random.nextDouble(1 - settings.contrast(), 1 + settings.contrast() + 1e-9);
      shift = random.nextDouble(-settings.brightness(), settings.brightness() + 1e-9);
    }
    int channels = source.channels();
    double mean = mean(pixels);
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int from = (y * side + (mirrored ? side - 1 - x : x)) * channels + c;
          double value = (pixels[from] & 0xff) / 255.0;
          double changed = (value - mean) * gain + mean + shift;
          int to = offset + (c * side + y) * side + x;
          target[to] = (float) (2 * Math.max(0, Math.min(1, changed)) - 1);
        }
      }
    }
  }

  private byte[] part(SourceImage source, SplittableRandom random) {
    int shortest = Math.min(source.width(), source.height());
    int least = Math.max(1, (int) Math.round(shortest * settings.zoomLeast()));
    int size = random.nextInt(least, shortest + 1);
    int top = random.nextInt(source.height() - size + 1);
    int left = random.nextInt(source.width() - size + 1);
    int channels = source.channels();
    byte[] cut = new byte[size * size * channels];
    for (int y = 0; y < size; y++) {
      int from = ((top + y) * source.width() + left) * channels;
      System.arraycopy(source.pixels(), from, cut, y * size * channels, size * channels);
    }
    return Resampling.BILINEAR.resize(cut, size, size, channels, side, side);
  }

  private static double mean(byte[] pixels) {
    long sum = 0;
    for (byte pixel : pixels) {
      sum += pixel & 0xff;
    }
    return sum / 255.0 / pixels.length;
  }

  /** Fisher-Yates over the words of one key. */
  static final class Shuffle {
    private Shuffle() {}

    static int[] of(int length, long key) {
      int[] order = new int[length];
      SplittableRandom random = new SplittableRandom(key);
      for (int i = 0; i < length; i++) {
        int j = random.nextInt(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      return order;
    }
  }
}
