package io.hybnext.model.chameleon;

import io.hybnext.model.decoder.WorkingWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The output rows of image codes. */
public final class ImageHead {
  private static final String HEAD = "lm_head.weight";

  private ImageHead() {}

  /** Key of the output matrix. */
  public static String key() {
    return HEAD;
  }

  /**
   * Sets the rows to zero, so that a network that never learned to draw starts without a preference
   * among codes. Source: arra.md section 3.6, D20.
   */
  public static void zero(WorkingWeights weights, ChameleonConfig config) {
    int width = config.hiddenSize();
    ByteBuffer zeros =
        ByteBuffer.allocateDirect(width * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int code = 0; code < config.vocabulary().codes(); code++) {
      weights.write(HEAD, config.vocabulary().idOfCode(code) * width, zeros);
    }
  }
}
