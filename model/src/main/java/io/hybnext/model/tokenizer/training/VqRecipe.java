package io.hybnext.model.tokenizer.training;

import com.fasterxml.jackson.databind.JsonNode;
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
  public int steps() {
    return training.steps();
  }

  @Override
  public int batchSize() {
    return training.batchSize();
  }

  @Override
  public long seed() {
    return training.seed();
  }

  @Override
  public JsonNode trainingJson() {
    return training.toJson();
  }

  @Override
  public VqTrainer trainer(
      TorchEngine engine, List<SourceImage> train, List<SourceImage> validation) {
    return new VqTrainer(engine, model, training, train, validation);
  }
}
