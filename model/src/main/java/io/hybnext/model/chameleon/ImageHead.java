package io.hybnext.model.chameleon;

import io.hybnext.model.decoder.ModelWeights;
import java.nio.FloatBuffer;

/** The output rows of image codes. */
public final class ImageHead {
  private static final String HEAD = "lm_head.weight";

  private ImageHead() {}

  /**
   * Sets the rows to zero, so that a network that never learned to draw starts without a preference
   * among codes. Source: arra.md section 3.6, D20.
   */
  public static void zero(ModelWeights weights, ChameleonConfig config) {
    FloatBuffer head = weights.parameter(HEAD).asFloatBuffer();
    int width = config.hiddenSize();
    for (int code = 0; code < config.vocabulary().codes(); code++) {
      int begin = config.vocabulary().idOfCode(code) * width;
      for (int i = begin; i < begin + width; i++) {
        head.put(i, 0);
      }
    }
    weights.changed(weights.layout().headBucket());
  }
}
