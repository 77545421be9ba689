package io.hybnext.ops.wiring;

import io.hybnext.config.ArraSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.LoraSettings;
import io.hybnext.config.ModelSettings;
import io.hybnext.config.OptimiserSettings;
import io.hybnext.config.TrainersSettings;
import io.hybnext.gpu.Precision;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.lora.LoraConfig;
import io.hybnext.model.lumina.ImageGrammar;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.EpochLearningRate;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.optimiser.Schedule;
import io.hybnext.model.qwen.QwenConfig;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.training.Tuning;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import io.hybnext.ops.home.Home;
import java.nio.file.Path;
import java.util.Optional;

/** Turns settings into what the maths wants, given the tokenizer and the encoder they name. */
public final class TrainingConfigs {
  /** Condition positions of a caption: words beyond are cut. */
  public static final int CAPTION_POSITIONS = 16;

  /** Width of a caption feature. */
  public static final int CAPTION_DIM = 64;

  /** Words of a caption that a Chameleon reads: words beyond are cut. */
  private static final int PROMPT_WORDS = 32;

  /** Sequence start and two separators. */
  private static final int FRAME = 3;

  /** Bytes of a caption that a Kelix reads: bytes beyond are cut. */
  public static final int PROMPT_BYTES = 160;

  /** Text ids of a Chameleon that is trained from nothing. */
  private static final int TEXT_IDS = 2048;

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
    TrainingConfig config =
        plain(settings, codebookSize, tokensPerImage, featureDim).withTuning(tuning(settings));
    ModelSettings model = settings.model();
    return model.start().isEmpty()
        ? config
        : config.withStart(new TrainingConfig.Start(start(model), model.zeroImageHead()));
  }

  private static Tuning tuning(HybnextSettings settings) {
    LoraSettings lora = settings.lora();
    Optional<LoraConfig> adapters =
        lora.on()
            ? Optional.of(new LoraConfig(lora.rank(), lora.alpha(), lora.targets()))
            : Optional.empty();
    return new Tuning(settings.training().frozen(), adapters);
  }

  private static Path start(ModelSettings model) {
    return Home.current().resolve("model.start", model.start());
  }

  private static TrainingConfig plain(
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

  /** Longest prompt of a Chameleon, in ids: what its limit leaves beside an image of its size. */
  static int promptLength(ChameleonConfig network) {
    int side = network.imageSide();
    return network.maxPositions() - FRAME - ImageGrammar.length(side, side);
  }

  private static DecoderConfig network(ModelSettings model, int codebookSize, int tokens) {
    return switch (model.network()) {
      case LLAMAGEN -> llamaGen(model, codebookSize, tokens);
      case CHAMELEON -> chameleon(model, codebookSize, tokens);
      case KELIX -> kelix(model, codebookSize, tokens);
    };
  }

  /** A byte a text block; images are squares. */
  private static NbpConfig kelix(ModelSettings model, int codebookSize, int tokens) {
    QwenConfig backbone =
        new QwenConfig(
            codebookSize,
            model.width(),
            model.depth(),
            model.heads(),
            model.kvHeads() == 0 ? model.heads() : model.kvHeads(),
            model.width() / model.heads(),
            model.feedForwardWidth(),
            1e6,
            1e-6,
            false,
            0.02);
    int inner = model.blockDecoderWidth();
    int innerWidth = inner == 0 ? Math.max(4, model.width() / 8 * 4) : inner;
    int ffn = model.blockDecoderFfnWidth();
    return NbpConfig.ofBytes(
        backbone,
        model.codes(),
        codebookSize,
        innerWidth,
        ffn == 0 ? 2 * innerWidth : ffn,
        model.conditionDropout(),
        (int) Math.round(Math.sqrt((double) tokens / model.codes())));
  }

  /** A vocabulary of the tokenizer's codes and of hashed words; images are squares. */
  private static ChameleonConfig chameleon(ModelSettings model, int codebookSize, int tokens) {
    int side = (int) Math.round(Math.sqrt(tokens));
    if (!model.start().isEmpty()) {
      return StartedChameleon.config(model, start(model), codebookSize)
          .withDropout(model.dropout())
          .withPromptDropout(model.conditionDropout())
          .withImageSide(side);
    }
    ChameleonVocabulary vocabulary =
        ChameleonVocabulary.compact(
            codebookSize, Math.max(1, side / ImageGrammar.CODES_PER_UNIT), TEXT_IDS);
    int longest = PROMPT_WORDS + FRAME + ImageGrammar.length(side, side);
    return ChameleonConfig.small(
            vocabulary,
            model.width(),
            model.feedForwardWidth(),
            model.depth(),
            model.heads(),
            longest)
        .withDropout(model.dropout())
        .withPromptDropout(model.conditionDropout())
        .withImageSide(side);
  }

  private static TransformerConfig llamaGen(ModelSettings model, int codebookSize, int tokens) {
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
    return new ArraConfig(
        arra.lambda(),
        AlignmentLayer.block(arra.layer()),
        positions,
        featureDim,
        ArraConfig.Distance.valueOf(arra.distance().name()),
        arra.zLoss(),
        arra.officialCoupling());
  }

  private static AdamWConfig optimiser(OptimiserSettings o) {
    double clipNorm = o.clipNorm() == 0 ? Double.POSITIVE_INFINITY : o.clipNorm();
    boolean all = o.decay() == OptimiserSettings.Decay.ALL;
    return new AdamWConfig(o.beta1(), o.beta2(), o.epsilon(), o.weightDecay(), all, clipNorm);
  }

  private static Schedule learningRate(OptimiserSettings o, long steps) {
    boolean constant = o.schedule() == OptimiserSettings.Schedule.CONSTANT;
    if (o.stepsPerEpoch() > 0) {
      double least = constant ? o.learningRate() : o.learningRate() * o.finalRateShare();
      double epochs = Math.max(steps / o.stepsPerEpoch(), Math.nextUp(o.warmupEpochs()));
      return new EpochLearningRate(
          o.learningRate(), o.warmupEpochs(), epochs, least, o.stepsPerEpoch());
    }
    double least = o.learningRate() * o.finalRateShare();
    return switch (o.schedule()) {
      case CONSTANT -> LearningRate.warmUp(o.learningRate(), o.warmupSteps());
      case COSINE -> LearningRate.cosine(o.learningRate(), o.warmupSteps(), steps, least);
      case WSD ->
          LearningRate.stableDecay(o.learningRate(), o.warmupSteps(), steps, o.decaySteps(), least);
    };
  }

  /** The precision of working weights. */
  public static Precision precision(TrainersSettings.Precision precision) {
    return Precision.valueOf(precision.name());
  }
}
