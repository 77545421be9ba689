package io.hybnext.model.tokenizer.training;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.FlatParameters;
import io.hybnext.model.network.StartValues;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqNetwork;
import io.hybnext.model.tokenizer.VqTokenizer;
import io.hybnext.model.tokenizer.VqWeights;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Trains one tokenizer. Steps: latents pass unquantised at first; at {@code codebookStartStep}
 * k-means sets the codes; later the perceptual and the adversarial term join. What is evaluated and
 * exported are the weights averaged over steps. Used by one thread.
 */
public final class VqTrainer extends TokenizerTrainer {
  private static final String NETWORK = "network"; // name of its parameters in the checkpoint
  private static final long KMEANS_ORDER = 7;
  private static final int KMEANS_ROWS = 40_000;
  private static final int MOST_BAD_STEPS = 20;

  private final VqConfig model;
  private final VqTrainingConfig settings;
  private final Scope scope;
  private final VqNetwork network;
  private final KernelModule kernels;
  private final FlatParameters parameters;
  private final Array average;
  private final Array band;
  private final RunningCodebook codebook;
  private final Critics critics;
  private final TrainingImages images;
  private final List<byte[]> trainSquares;
  private int perceptualSteps; // made by the perceptual network
  private int badSteps;

  /**
   * Prepares a run from its start.
   *
   * @param train images to learn from, at least one
   * @param validation images that evaluations are made on
   */
  public VqTrainer(
      TorchEngine engine,
      VqConfig model,
      VqTrainingConfig settings,
      List<SourceImage> train,
      List<SourceImage> validation) {
    super(settings, SourceImage.squares(validation, model.imageSize()));
    this.model = model;
    this.settings = settings;
    int side = model.imageSize();
    images = new TrainingImages(train, settings.views(), side);
    trainSquares = SourceImage.squares(train, side);
    scope = engine.openScope("tokenizer training");
    network = VqNetwork.compile(engine, model);
    kernels = KernelModule.compile(engine, text(network, settings));
    parameters =
        new FlatParameters(
            scope,
            network.layout(),
            StartValues.uniform(scope, network.layout(), settings.seed(), NETWORK));
    average = CoreKernels.of(engine).cast(scope, parameters.values(), ElementType.FLOAT32);
    band = scope.floats(band(side), side - 10, side);
    codebook = new RunningCodebook(scope, settings, kernels, model);
    critics = new Critics(scope, settings, model.inChannels());
  }

  private static KernelSource text(VqNetwork network, VqTrainingConfig settings) {
    KernelSource base = KernelSource.resource(VqTrainer.class, "training.ts");
    KernelSource adamw =
        OptimiserText.adamw(
            new OptimiserText.AdamW(0.9, settings.adamBeta2(), settings.weightDecay()));
    String optimiser = OptimiserText.of("step_network", network.layout(), true);
    return new KernelSource(
            "training.ts", base.methods() + adamw.methods() + optimiser, adamw.constants())
        .with("keep", settings.codebookDecay())
        .with("take", 1 - settings.codebookDecay());
  }

  /** Row i holds the SSIM window at columns i to i + 10. */
  private static float[] band(int side) {
    double[] window = new double[11];
    double sum = 0;
    for (int k = 0; k < window.length; k++) {
      window[k] = Math.exp(-(k - 5) * (k - 5) / (2 * 1.5 * 1.5));
      sum += window[k];
    }
    float[] band = new float[(side - 10) * side];
    for (int i = 0; i < side - 10; i++) {
      for (int k = 0; k < window.length; k++) {
        band[i * side + i + k] = (float) (window[k] / sum);
      }
    }
    return band;
  }

  /**
   * One step.
   *
   * @param step number of steps made
   * @param loss weighted sum of the terms
   * @param meanSquaredError of pixels in [0, 1]
   * @param ssim of the batch
   * @param commitment mean squared distance of latents to codes, unweighted
   * @param perceptual distance, unweighted; 0 before its start
   * @param adversarial term, unweighted; 0 before its start
   * @param critic hinge loss of the discriminator; 0 before its start
   * @param gradientNorm before clipping
   * @param revived dead codes set anew
   * @param learningRate of the step
   */
  public record StepReport(
      long step,
      float loss,
      float meanSquaredError,
      float ssim,
      float commitment,
      float perceptual,
      float adversarial,
      float critic,
      float gradientNorm,
      int revived,
      double learningRate)
      implements TokenizerStep {

    @Override
    public Map<String, Object> figures() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("loss", (double) loss);
      values.put("psnr_batch", -10 * Math.log10(meanSquaredError));
      values.put("ssim_batch", (double) ssim);
      values.put("commitment", (double) commitment);
      values.put("perceptual", (double) perceptual);
      values.put("adversarial", (double) adversarial);
      values.put("critic", (double) critic);
      values.put("gradient_norm", (double) gradientNorm);
      values.put("revived", revived);
      values.put("learning_rate", learningRate);
      return values;
    }
  }

  /** Returns whether the perceptual network is ready; not so when asked to stop. */
  @Override
  boolean prepare(Listener listener, BooleanSupplier stop) {
    int steps = settings.perceptualTrainingSteps();
    if (perceptualSteps == steps || settings.perceptualWeight() == 0) {
      return true;
    }
    DistortedCrops crops =
        new DistortedCrops(trainSquares, model.imageSize(), model.inChannels(), settings);
    for (int i = 0; i < steps; i++) {
      if (stop.getAsBoolean()) {
        return false;
      }
      try (Scope work = scope.open("perceptual step")) {
        double rate = 2e-3 * Math.min(1, (i + 1) / 50.0) * (1 - 0.95 * i / steps);
        float error = critics.trainPerceptual(work, crops.batch(i), rate);
        listener.onPreparation(i + 1, steps, error);
      }
    }
    perceptualSteps = steps;
    return true;
  }

  private void startCodebook() {
    int[] order =
        TrainingImages.Shuffle.of(
            trainSquares.size(), CounterRandom.key(settings.seed(), KMEANS_ORDER, 0, 0));
    int dimension = model.codebookEmbedDim();
    int perImage = model.tokensPerImage() * dimension;
    int count =
        Math.min(order.length, (KMEANS_ROWS + model.tokensPerImage() - 1) / model.tokensPerImage());
    float[] rows = new float[count * perImage];
    for (int i = 0; i < count; i++) {
      try (Scope work = scope.open("latents")) {
        byte[] square = trainSquares.get(order[i]);
        int side = model.imageSize();
        Array bytes = work.bytes(square, 1, side, side, model.inChannels());
        Array latent =
            network
                .kernels()
                .callMany(work, "encode", network.normalise(work, bytes), average)
                .get(1);
        float[] unit = kernels.call(work, "unit_rows", latent).toFloats();
        System.arraycopy(unit, 0, rows, i * perImage, perImage);
      }
    }
    codebook.start(scope, rows);
  }

  @Override
  StepReport trainStep(long step) {
    if (step == settings.codebookStartStep()) {
      startCodebook();
    }
    try (Scope work = scope.open("training step")) {
      int side = model.imageSize();
      Array x =
          work.floats(images.batch(step), settings.batchSize(), model.inChannels(), side, side);
      ForwardPass forward =
          new ForwardPass(settings, model, network, kernels, parameters, codebook, critics, step);
      forward.run(work, x, band);
      Array gradient = Autograd.gradient(work, forward.leaf()).orElseThrow();
      float norm =
          kernels.call(work, "clip", gradient, work.scalar((float) settings.clipNorm())).item();
      double rate = settings.rate(step);
      float critic = 0;
      int revived = 0;
      if (Float.isFinite(norm)) {
        badSteps = 0;
        OptimiserText.apply(
            kernels, "step_network", work, parameters, gradient, work.scalar((float) rate));
        critic =
            forward.adversarial()
                ? critics.trainDiscriminator(work, forward.realCrop(), forward.madeCrop())
                : 0;
        revived = forward.quantised() ? moveCodebook(work, forward, step) : 0;
        double made = step + 1.0;
        double keep = Math.min(settings.averageDecay(), (1 + made) / (20 + made));
        kernels.call(
            work, "average", average, parameters.values(), work.scalar((float) (1 - keep)));
      } else if (++badSteps == MOST_BAD_STEPS) {
        throw new IllegalStateException(
            "the gradient was not finite for "
                + badSteps
                + " steps, last at step "
                + step
                + "; lower learning_rate and resume");
      }
      return forward.report(step + 1, norm, critic, revived, rate);
    }
  }

  private int moveCodebook(Scope work, ForwardPass forward, long step) {
    codebook.count(work, forward.indices(), forward.rows());
    double made = step + 1.0;
    double keep = Math.min(settings.averageDecay(), (1 + made) / (20 + made));
    codebook.move(work, work.scalar((float) (1 - keep)));
    boolean due = step % settings.reviveEvery() == 0 && step < settings.reviveUntilStep();
    return due ? codebook.revive(work, step, forward.rows()) : 0;
  }

  /** The averaged weights. */
  @Override
  public VqTokenizer tokenizer() {
    return VqTokenizer.over(scope, network, new VqWeights(average, codebook.average()));
  }

  @Override
  JsonNode modelJson() {
    return model.toJson();
  }

  @Override
  void saveState(SafetensorsWriter checkpoint) {
    checkpoint.metadata("perceptual_steps", Integer.toString(perceptualSteps));
    parameters.save(NETWORK, checkpoint);
    checkpoint.floats("network.average", average.toFloats(), average.size());
    codebook.save(checkpoint);
    critics.save(checkpoint);
  }

  @Override
  void saveTokenizer(SafetensorsWriter shipped) {
    new VqWeights(average, codebook.average()).save(network.layout(), shipped);
  }

  @Override
  void load(SafetensorsFile checkpoint) throws IOException {
    parameters.load(NETWORK, checkpoint);
    FlatParameters.restore(checkpoint, "network.average", average);
    codebook.load(checkpoint);
    critics.load(checkpoint);
    perceptualSteps = Integer.parseInt(checkpoint.metadata().getOrDefault("perceptual_steps", "0"));
  }

  @Override
  public void close() {
    critics.close();
    kernels.close();
    network.close();
    scope.close();
  }
}
