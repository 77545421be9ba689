package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.ImageCodes;
import io.hybnext.model.tokenizer.VqConfig;
import java.util.List;

/** A tokenizer of LlamaGen's kind. */
public record VqRecipe(VqConfig model, VqTrainingConfig training) implements TokenizerRecipe {
  /** Its name in settings. */
  public static final String KIND = "llamagen-vq";

  @Override
  public ImageCodes codes() {
    return model.imageCodes();
  }

  @Override
  public VqTrainer trainer(
      TorchEngine engine, List<SourceImage> train, List<SourceImage> validation) {
    return new VqTrainer(engine, model, training, train, validation);
  }
}
