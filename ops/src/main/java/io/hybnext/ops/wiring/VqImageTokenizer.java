package io.hybnext.ops.wiring;

import io.hybnext.image.Image;
import io.hybnext.model.tokenizer.VqTokenizer;
import io.hybnext.streams.image.ImageTokenizer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The VQ tokenizer as a stage of the intake; works on the {@link MathsThread}. */
public final class VqImageTokenizer implements ImageTokenizer {
  private final VqTokenizer tokenizer;
  private final MathsThread thread;

  /** Does not take over either argument; both must stay open while images are encoded. */
  public VqImageTokenizer(VqTokenizer tokenizer, MathsThread thread) {
    this.tokenizer = tokenizer;
    this.thread = thread;
  }

  @Override
  public String fingerprint() {
    return tokenizer.fingerprint();
  }

  @Override
  public int imageSize() {
    return tokenizer.config().imageSize();
  }

  @Override
  public int channels() {
    return tokenizer.config().inChannels();
  }

  @Override
  public int tokensPerImage() {
    return tokenizer.config().tokensPerImage();
  }

  @Override
  public int codebookSize() {
    return tokenizer.config().codebookSize();
  }

  @Override
  public CompletionStage<List<int[]>> encode(List<Image> images) {
    return thread.submit(
        () -> List.of(tokenizer.encode(images.stream().map(Image::pixels).toList())));
  }
}
