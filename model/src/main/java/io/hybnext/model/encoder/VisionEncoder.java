package io.hybnext.model.encoder;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Framing;
import io.hybnext.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A frozen network that turns an image into one global feature: the alignment teacher, or the eyes
 * of a metric. Used by one thread at a time.
 */
public interface VisionEncoder extends AutoCloseable {

  /**
   * Opens an encoder by its folder: one of our own ({@link ConvEncoder}), or a checkpoint of
   * open_clip, transformers or segment-anything as it was released ({@link EncoderFolder}). The
   * caller closes it.
   *
   * @throws IOException with a sentence for people when a file is missing, damaged or of another
   *     network
   */
  static VisionEncoder open(TorchEngine engine, Path folder) throws IOException {
    return EncoderFolder.open(engine, folder);
  }

  /**
   * Names weights, sizes, preprocessing and aggregation: equal for equal features only, so that
   * stored features of different encoders never mix. 64 hex digits.
   */
  String fingerprint();

  /** Length of a feature. */
  int featureDim();

  /** How images are scaled and cut for {@link #encode(List)}. */
  Framing framing();

  /** Channels of the images that {@link #encode(List)} takes: 1 or 3. */
  int channels();

  /**
   * Features of images.
   *
   * @param framed results of {@link #framing} with {@link #channels} channels
   * @return one feature an image, not normalised, in the order given
   * @throws IllegalArgumentException when an image is not framed
   */
  List<float[]> encode(List<Image> framed);

  /**
   * Features of any number of images, as metrics take them.
   *
   * @param framed as for {@link #encode(List)}
   * @param batchSize most images a call, which bounds the memory
   * @return one row an image, in the order given
   */
  default double[][] encode(List<Image> framed, int batchSize) {
    double[][] rows = new double[framed.size()][featureDim()];
    for (int from = 0; from < framed.size(); from += batchSize) {
      int end = Math.min(framed.size(), from + batchSize);
      List<float[]> features = encode(framed.subList(from, end));
      for (int i = from; i < end; i++) {
        for (int k = 0; k < rows[i].length; k++) {
          rows[i][k] = features.get(i - from)[k];
        }
      }
    }
    return rows;
  }

  /** Frees weights and kernels. */
  @Override
  void close();
}
