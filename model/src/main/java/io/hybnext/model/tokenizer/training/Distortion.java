package io.hybnext.model.tokenizer.training;

import java.util.SplittableRandom;

/**
 * One way to distort a crop, drawn at random; each kind is there or not.
 *
 * @param blurSigma of a Gaussian blur in pixels, 0 for none
 * @param block side of the blocks mixed in, 0 for none
 * @param blockShare share of the blocks in the mix
 * @param noise standard deviation of white noise, 0 for none
 * @param pattern a square tile repeated over the crop and added, empty for none
 * @param patternScale its largest possible standard deviation, for the measure
 * @param gain factor of the contrast
 * @param noiseSeed of the noise
 */
record Distortion(
    double blurSigma,
    int block,
    double blockShare,
    double noise,
    float[] pattern,
    double patternScale,
    double gain,
    long noiseSeed) {
  private static final double MOST_BLUR = 2.5;
  private static final double MOST_NOISE = 0.12;
  private static final double MOST_PATTERN = 0.08;
  private static final int[] PERIODS = {4, 8, 16};

  static Distortion draw(SplittableRandom random, int side) {
    double blur = random.nextDouble() < 0.5 ? random.nextDouble(0.3, MOST_BLUR) : 0;
    boolean blocks = random.nextDouble() < 0.4;
    int block = blocks ? random.nextInt(2, 9) : 0;
    double share = blocks ? random.nextDouble(0.2, 1) : 0;
    double noise = random.nextDouble() < 0.4 ? random.nextDouble(0.01, MOST_NOISE) : 0;
    boolean patterned = random.nextDouble() < 0.3;
    float[] pattern = {};
    double scale = 0;
    if (patterned) {
      int period = Math.min(side, PERIODS[random.nextInt(PERIODS.length)]);
      scale = random.nextDouble(0.01, MOST_PATTERN);
      pattern = new float[period * period];
      for (int i = 0; i < pattern.length; i++) {
        pattern[i] = (float) (scale * normal(random));
      }
    }
    double gain = random.nextDouble() < 0.4 ? random.nextDouble(0.5, 1.5) : 1;
    return new Distortion(blur, block, share, noise, pattern, scale, gain, random.nextLong());
  }

  float[] measures() {
    return new float[] {
      (float) (blurSigma / MOST_BLUR),
      (float) blockShare,
      (float) (noise / MOST_NOISE),
      (float) (patternScale / MOST_PATTERN),
      (float) (gain - 1)
    };
  }

  void apply(float[] plane, int side) {
    if (blurSigma > 0) {
      blur(plane, side);
    }
    if (block > 0) {
      mixBlocks(plane, side);
    }
    if (noise > 0) {
      SplittableRandom random = new SplittableRandom(noiseSeed);
      for (int i = 0; i < plane.length; i++) {
        plane[i] += (float) (noise * normal(random));
      }
    }
    if (pattern.length > 0) {
      int period = (int) Math.sqrt(pattern.length);
      for (int i = 0; i < plane.length; i++) {
        plane[i] += pattern[(i / side) % period * period + i % side % period];
      }
    }
    if (gain != 1) {
      double mean = 0;
      for (float value : plane) {
        mean += value / plane.length;
      }
      for (int i = 0; i < plane.length; i++) {
        plane[i] = (float) ((plane[i] - mean) * gain + mean);
      }
    }
  }

  private void blur(float[] plane, int side) {
    int reach = (int) Math.ceil(2.4 * MOST_BLUR);
    double[] weights = new double[2 * reach + 1];
    double sum = 0;
    for (int k = -reach; k <= reach; k++) {
      weights[k + reach] = Math.exp(-k * k / (2 * blurSigma * blurSigma));
      sum += weights[k + reach];
    }
    float[] wide = new float[plane.length];
    for (int pass = 0; pass < 2; pass++) { // along rows into wide, then along columns back
      float[] from = pass == 0 ? plane : wide;
      float[] to = pass == 0 ? wide : plane;
      for (int i = 0; i < plane.length; i++) {
        int y = i / side;
        int x = i % side;
        double value = 0;
        for (int k = -reach; k <= reach; k++) {
          int at = pass == 0 ? y * side + mirror(x + k, side) : mirror(y + k, side) * side + x;
          value += weights[k + reach] * from[at];
        }
        to[i] = (float) (value / sum);
      }
    }
  }

  private static int mirror(int i, int length) {
    int inside = i < 0 ? -i : i;
    return inside < length ? inside : 2 * length - 2 - inside;
  }

  private void mixBlocks(float[] plane, int side) {
    for (int top = 0; top < side; top += block) {
      for (int left = 0; left < side; left += block) {
        int bottom = Math.min(side, top + block);
        int right = Math.min(side, left + block);
        double mean = 0;
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            mean += plane[y * side + x];
          }
        }
        mean /= (bottom - top) * (right - left);
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            int at = y * side + x;
            plane[at] = (float) (plane[at] * (1 - blockShare) + mean * blockShare);
          }
        }
      }
    }
  }

  private static double normal(SplittableRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
