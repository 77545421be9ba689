package io.hybnext.streams.image;

import io.hybnext.image.Image;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Turns images into codebook indices (the VQ encoder). Plugged in by ops. Thread-safe. */
public interface ImageTokenizer {

  /**
   * Names weights and settings (e.g. a SHA-256), so that stored tokens of another tokenizer are
   * recognised and not mixed in.
   */
  String fingerprint();

  /** Side of the square images that {@link #encode} takes, in pixels. */
  int imageSize();

  /** Channels that {@link #encode} wants: 1 or 3. */
  int channels();

  /** Codebook indices an image. */
  int tokensPerImage();

  /** Number of codes; every index is below it. */
  int codebookSize();

  /** Indices of each image in raster order, one row an image, in the order given. */
  CompletionStage<List<int[]>> encode(List<Image> images);
}
