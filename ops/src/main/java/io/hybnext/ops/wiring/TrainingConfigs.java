package io.hybnext.ops.wiring;

import io.hybnext.config.ArraSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.ModelSettings;
import io.hybnext.config.OptimiserSettings;
import io.hybnext.config.TrainersSettings;
import io.hybnext.gpu.Precision;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;

/** Turns settings into what the maths wants, given the tokenizer and the encoder they name. */
public final class TrainingConfigs {
  /** Condition positions of a caption: words beyond are cut. */
  public static final int CAPTION_POSITIONS = 16;

  /** Width of a caption feature. */
  public static final int CAPTION_DIM = 64;

  private TrainingConfigs() {}

  /**
   * The whole configuration.
   *
   * @param codebookSize of the tokenizer
   * @param tokensPerImage of the tokenizer
   * @param featureDim of the encoder
   */
  public static TrainingConfig of(
      HybnextSettings settings, int codebookSize, int tokensPerImage, int featureDim) {
    return new TrainingConfig(
        network(settings.model(), codebookSize, tokensPerImage),
        arra(settings.arra(), featureDim),
        optimiser(settings.optimiser()),
        learningRate(settings.optimiser(), settings.training().steps()),
        precision(settings.trainers().precision()),
        settings.training().recompute(),
        settings.training().seed());
  }

  private static TransformerConfig network(ModelSettings model, int codebookSize, int tokens) {
    boolean captions = model.condition() == ModelSettings.Condition.CAPTION;
    double ffnFactor = (model.feedForwardWidth() + 0.5) / (8 * model.width() / 3);
    return new TransformerConfig(
        captions ? ModelType.T2I : ModelType.C2I,
        model.width(),
        model.depth(),
        model.heads(),
        model.heads(),
        1, // the multiplier alone gives the width
        ffnFactor,
        10000,
        1e-5,
        0.02,
        codebookSize,
        tokens,
        captions ? CAPTION_POSITIONS : 1,
        model.classes(),
        captions ? CAPTION_DIM : 0,
        model.conditionDropout(),
        model.dropout(),
        model.dropout(),
        model.dropout());
  }

  private static ArraConfig arra(ArraSettings arra, int featureDim) {
    Positions positions = Positions.valueOf(arra.positions().name());
    return new ArraConfig(arra.lambda(), AlignmentLayer.block(arra.layer()), positions, featureDim);
  }

  private static AdamWConfig optimiser(OptimiserSettings o) {
    double clipNorm = o.clipNorm() == 0 ? Double.POSITIVE_INFINITY : o.clipNorm();
    return new AdamWConfig(o.beta1(), o.beta2(), o.epsilon(), o.weightDecay(), false, clipNorm);
  }

  private static LearningRate learningRate(OptimiserSettings o, long steps) {
    return o.schedule() == OptimiserSettings.Schedule.CONSTANT
        ? LearningRate.warmUp(o.learningRate(), o.warmupSteps())
        : LearningRate.cosine(
            o.learningRate(), o.warmupSteps(), steps, o.learningRate() * o.finalRateShare());
  }

  /** The precision of working weights. */
  public static Precision precision(TrainersSettings.Precision precision) {
    return Precision.valueOf(precision.name());
  }
}
