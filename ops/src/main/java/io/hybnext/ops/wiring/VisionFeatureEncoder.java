package io.hybnext.ops.wiring;

import io.hybnext.image.Image;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageFit;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A frozen vision encoder as a stage of the intake; works on the {@link MathsThread}. */
public final class VisionFeatureEncoder implements FeatureEncoder {
  private final VisionEncoder encoder;
  private final MathsThread thread;

  /** Does not take over either argument; both must stay open while images are encoded. */
  public VisionFeatureEncoder(VisionEncoder encoder, MathsThread thread) {
    this.encoder = encoder;
    this.thread = thread;
  }

  @Override
  public String fingerprint() {
    return encoder.fingerprint();
  }

  @Override
  public int dimension() {
    return encoder.featureDim();
  }

  @Override
  public ImageFit fit() {
    return new ImageFit(encoder.framing(), encoder.channels());
  }

  @Override
  public CompletionStage<List<float[]>> encode(List<Image> images) {
    return thread.submit(() -> encoder.encode(images));
  }
}
