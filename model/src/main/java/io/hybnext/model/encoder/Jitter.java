package io.hybnext.model.encoder;

import io.hybnext.gpu.CounterRandom;

/**
 * How far views of an image may differ. Left and right are never swapped: in a chest they mean
 * something.
 *
 * @param smallestCrop side of the smallest crop as a share of the image's
 * @param turnDegrees largest rotation
 * @param stretch largest change of the aspect ratio, 0.1 for a tenth
 * @param contrast largest change of the contrast factor
 * @param brightness largest change of brightness, pixels being in [-1, 1]
 * @param noise largest deviation of added noise
 */
record Jitter(
    double smallestCrop,
    double turnDegrees,
    double stretch,
    double contrast,
    double brightness,
    double noise) {

  /** Strong views for learning without labels. */
  static final Jitter STRONG = new Jitter(0.6, 10, 0.1, 0.4, 0.25, 0.08);

  /** Mild ones for learning from labels. */
  static final Jitter MILD = new Jitter(0.85, 5, 0.05, 0.15, 0.1, 0.03);

  /** Draws an affine map (6 numbers) and contrast, brightness, noise (3 numbers). */
  void draw(long key, float[] theta, int at, float[] tone, int toneAt) {
    double scale = smallestCrop + (1 - smallestCrop) * u(key, 0);
    double aspect = 1 + stretch * (2 * u(key, 1) - 1);
    double angle = Math.toRadians(turnDegrees) * (2 * u(key, 2) - 1);
    double room = 1 - scale;
    theta[at] = (float) (scale * aspect * Math.cos(angle));
    theta[at + 1] = (float) (-scale * Math.sin(angle));
    theta[at + 2] = (float) (room * (2 * u(key, 3) - 1));
    theta[at + 3] = (float) (scale * Math.sin(angle));
    theta[at + 4] = (float) (scale / aspect * Math.cos(angle));
    theta[at + 5] = (float) (room * (2 * u(key, 4) - 1));
    tone[toneAt] = (float) (1 + contrast * (2 * u(key, 5) - 1));
    tone[toneAt + 1] = (float) (brightness * (2 * u(key, 6) - 1));
    tone[toneAt + 2] = (float) (noise * u(key, 7));
  }

  /** Numbers far behind those that the noise of the same key uses. */
  private static double u(long key, int index) {
    return CounterRandom.uniform(key, (1L << 40) + index);
  }
}
