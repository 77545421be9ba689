package io.hybnext.streams.image;

import io.hybnext.image.Image;
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

  /** What {@link #encode} takes. The fingerprint covers it. */
  ImageFit fit();

  /** The feature of each fitted image, not normalised, in the order given. */
  CompletionStage<List<float[]>> encode(List<Image> images);
}
