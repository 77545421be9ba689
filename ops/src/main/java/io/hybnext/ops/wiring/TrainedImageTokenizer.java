package io.hybnext.ops.wiring;

import io.hybnext.image.Image;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.streams.image.ImageTokenizer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A trained tokenizer as a stage of the intake; works on the {@link MathsThread}. */
public final class TrainedImageTokenizer implements ImageTokenizer {
  private final VisualTokenizer tokenizer;
  private final MathsThread thread;

  /** Does not take over either argument; both must stay open while images are encoded. */
  public TrainedImageTokenizer(VisualTokenizer tokenizer, MathsThread thread) {
    this.tokenizer = tokenizer;
    this.thread = thread;
  }

  @Override
  public String fingerprint() {
    return tokenizer.fingerprint();
  }

  @Override
  public int imageSize() {
    return tokenizer.codes().imageSize();
  }

  @Override
  public int channels() {
    return tokenizer.codes().channels();
  }

  @Override
  public int tokensPerImage() {
    return tokenizer.codes().tokensPerImage();
  }

  @Override
  public int codebookSize() {
    return tokenizer.codes().codebookSize();
  }

  @Override
  public CompletionStage<List<int[]>> encode(List<Image> images) {
    return thread.submit(
        () -> List.of(tokenizer.encode(images.stream().map(Image::pixels).toList())));
  }
}
