package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.tokenizer.ImageCodes;
import java.util.List;

/** A tokenizer of Kelix's kind. */
public record KelixTokRecipe(KelixTokConfig model, KelixTokTrainingConfig training)
    implements TokenizerRecipe {
  /** Its name in settings. */
  public static final String KIND = "kelix-tok";

  @Override
  public ImageCodes codes() {
    return model.imageCodes();
  }

  @Override
  public KelixTokTrainer trainer(
      TorchEngine engine, List<SourceImage> train, List<SourceImage> validation) {
    return new KelixTokTrainer(engine, model, training, train, validation);
  }
}
