package io.hybnext.streams.image;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Extracts one global feature an image (ARRA's f_GF, spec section 2) with a frozen encoder. Plugged
 * in by ops. Thread-safe.
 */
public interface FeatureEncoder {

  /** Names weights and settings, as {@link ImageTokenizer#fingerprint}. */
  String fingerprint();

  /** Length of every feature. */
  int dimension();

  /** Side of the square images that {@link #encode} takes, in pixels. */
  int imageSize();

  /** Channels that {@link #encode} wants: 1 or 3. */
  int channels();

  /** The feature of each image, not normalised, in the order given. */
  CompletionStage<List<float[]>> encode(List<Image> images);
}
