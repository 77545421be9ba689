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
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.kelix.KelixTokNetwork;
import io.hybnext.model.kelix.KelixTokNetwork.Grid;
import io.hybnext.model.kelix.KelixTokNetwork.Quantised;
import io.hybnext.model.kelix.KelixTokWeights;
import io.hybnext.model.kelix.KelixTokenizer;
import io.hybnext.model.network.FlatParameters;
import io.hybnext.model.network.StartValues;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Trains one Kelix-Tok with a read-out to pixels in place of the paper's auxiliary language model:
 * mean squared error of the pixels, codebook loss, 0.25 commitment loss. Codes start at shuffled
 * k-means centres of what the untrained encoder makes of the images, and stay there; only their
 * projections move. Source: spec/kelix.md sections 3.5, 3.7 and 10.
 */
public final class KelixTokTrainer extends TokenizerTrainer {
  private static final String PARAMETERS = "network"; // names in the checkpoint
  private static final String TABLE = "codebook.table";
  private static final long CENTRES = 5; // streams of random numbers
  private static final long CENTRE_ORDER = 6;
  private static final long IMAGE_ORDER = 7;
  private static final double BETA1 = 0.9;

  private final KelixTokConfig model;
  private final KelixTokTrainingConfig settings;
  private final Scope scope;
  private final KelixTokNetwork network;
  private final KernelModule optimiser;
  private final FlatParameters parameters;
  private final Array table;
  private final Grid grid;
  private final TrainingImages images;
  private final List<byte[]> trainSquares;

  /**
   * Prepares a run from its start.
   *
   * @param train images to learn from, at least one
   * @param validation images that evaluations are made on
   * @throws IllegalArgumentException when the tokenizer has no read-out to learn by
   */
  public KelixTokTrainer(
      TorchEngine engine,
      KelixTokConfig model,
      KelixTokTrainingConfig settings,
      List<SourceImage> train,
      List<SourceImage> validation) {
    super(settings, SourceImage.squares(validation, model.imageSize()));
    NumberSettings.check(
        model.readOut(), "_read_out", false, "true: without a language model it learns by pixels");
    this.model = model;
    this.settings = settings;
    int side = model.imageSize();
    images = new TrainingImages(train, settings.views(), side);
    trainSquares = SourceImage.squares(train, side);
    scope = engine.openScope("tokenizer training");
    network = KelixTokNetwork.compile(engine, model);
    Array start = StartValues.uniform(scope, network.layout(), settings.seed(), "kelix-tok");
    parameters = new FlatParameters(scope, network.layout(), start);
    KernelSource adamw =
        OptimiserText.adamw(
            new OptimiserText.AdamW(BETA1, settings.adamBeta2(), settings.weightDecay()));
    String update = OptimiserText.of("update", network.layout(), false);
    optimiser =
        KernelModule.compile(
            engine, new KernelSource("adamw.ts", adamw.methods() + update, adamw.constants()));
    table = scope.zeros(ElementType.FLOAT32, model.codes(), model.entries(), model.initWidth());
    int patches = 2 * model.gridSize();
    grid = network.grid(scope, patches, patches);
  }

  /**
   * One step.
   *
   * @param step number of steps made
   * @param loss sum of the terms
   * @param pixels mean squared error of pixels in [-1, 1]
   * @param codebook mean over the sub-codebooks
   * @param commitment mean over the sub-codebooks, unweighted
   * @param gradientNorm before clipping
   * @param learningRate of the step
   */
  public record StepReport(
      long step,
      float loss,
      float pixels,
      double codebook,
      double commitment,
      float gradientNorm,
      double learningRate)
      implements TokenizerStep {

    @Override
    public Map<String, Object> figures() {
      return Map.of(
          "loss",
          (double) loss,
          "psnr_batch",
          -10 * Math.log10(pixels / 4),
          "codebook",
          codebook,
          "commitment",
          commitment,
          "gradient_norm",
          (double) gradientNorm,
          "learning_rate",
          learningRate);
    }
  }

  @Override
  boolean prepare(Listener listener, BooleanSupplier stop) {
    if (step() == 0) {
      startCodebooks();
    }
    return true;
  }

  /** Sets the frozen centres: shuffled, so that each sub-codebook spreads over all features. */
  private void startCodebooks() {
    int width = model.initWidth();
    NumberSettings.check(
        width == model.llmHidden(), "init_embedding_dim", width, "llm_hidden_size, for k-means");
    int blocks = model.blocks();
    int count = Math.min(trainSquares.size(), (settings.kmeansVectors() + blocks - 1) / blocks);
    int[] order =
        TrainingImages.Shuffle.of(
            trainSquares.size(), CounterRandom.key(settings.seed(), IMAGE_ORDER, 0, 0));
    NumberSettings.check(
        (long) count * blocks * width < Integer.MAX_VALUE,
        "kmeans_vectors",
        settings.kmeansVectors(),
        "fewer: what they hold does not fit one array");
    float[] rows = new float[count * blocks * width];
    int side = model.imageSize();
    for (int i = 0; i < count; i++) {
      try (Scope work = scope.open("merged")) {
        Array bytes = work.bytes(trainSquares.get(order[i]), 1, side, side, model.channels());
        float[] merged = merged(work, network.values(work, bytes), parameters.values()).toFloats();
        System.arraycopy(merged, 0, rows, i * blocks * width, merged.length);
      }
    }
    float[] centres;
    try (KMeans kmeans = new KMeans(scope.engine(), KMeans.Distance.EUCLIDEAN, width)) {
      long key = CounterRandom.key(settings.seed(), CENTRES, 0, 0);
      centres = kmeans.centres(rows, model.codebookSize(), settings.kmeansTurns(), key);
    }
    float[] shuffled = new float[centres.length];
    int[] places =
        TrainingImages.Shuffle.of(
            model.codebookSize(), CounterRandom.key(settings.seed(), CENTRE_ORDER, 0, 0));
    for (int k = 0; k < places.length; k++) {
      System.arraycopy(centres, places[k] * width, shuffled, k * width, width);
    }
    try (Scope work = scope.open("centres")) {
      CoreKernels.of(scope.engine()).copy(table, work.floats(shuffled, table.shape()));
    }
  }

  private Array merged(Scope work, Array values, Array flat) {
    Array patches = network.cut(work, values);
    return network.flatten(work, network.encode(work, patches, flat, grid));
  }

  @Override
  StepReport trainStep(long step) {
    try (Scope work = scope.open("training step")) {
      int side = model.imageSize();
      Array values =
          work.floats(images.batch(step), settings.batchSize(), model.channels(), side, side);
      Array leaf = parameters.values().leaf(work);
      StepReport losses = backward(work, values, leaf, step);
      Array gradient = Autograd.gradient(work, leaf).orElseThrow();
      Array most = work.scalar((float) settings.clipNorm());
      float norm = optimiser.call(work, "clip", gradient, most).item();
      if (!Float.isFinite(norm)) {
        throw new IllegalStateException(
            "the gradient of step " + step + " is not finite; lower learning_rate and resume");
      }
      double rate = settings.rate(step);
      optimiser
          .call(
              work,
              "update",
              parameters.values(),
              gradient,
              parameters.firstMoment(),
              parameters.secondMoment(),
              parameters.count(),
              work.scalar((float) rate))
          .close();
      return new StepReport(
          step + 1,
          losses.loss(),
          losses.pixels(),
          losses.codebook(),
          losses.commitment(),
          norm,
          rate);
    }
  }

  private StepReport backward(Scope work, Array values, Array leaf, long step) {
    try (Autograd.Recording on = Autograd.record()) {
      Quantised quantised = network.quantise(work, merged(work, values, leaf), leaf, table);
      Array embeds = network.embeddings(work, quantised.straightThrough(), leaf);
      Array pixels = network.pixelLoss(work, network.readOut(work, embeds, leaf), values);
      KelixTokNetwork.VqLosses vq = network.losses(work, quantised);
      Array total = network.sum(work, List.of(pixels, vq.total()));
      Autograd.backward(total);
      return new StepReport(
          step, total.item(), pixels.item(), mean(vq.codebook()), mean(vq.commitment()), 0, 0);
    }
  }

  private static double mean(Array values) {
    float[] all = values.toFloats();
    double sum = 0;
    for (float value : all) {
      sum += value;
    }
    return sum / all.length;
  }

  @Override
  public KelixTokenizer tokenizer() {
    return KelixTokenizer.over(scope, network, weights());
  }

  private KelixTokWeights weights() {
    return new KelixTokWeights(parameters.values(), table);
  }

  @Override
  JsonNode modelJson() {
    return model.toJson();
  }

  @Override
  void saveState(SafetensorsWriter checkpoint) {
    parameters.save(PARAMETERS, checkpoint);
    checkpoint.floats(TABLE, table.toFloats(), table.shape());
  }

  @Override
  void saveTokenizer(SafetensorsWriter shipped) {
    weights().save(network, shipped);
  }

  @Override
  void load(SafetensorsFile checkpoint) throws IOException {
    parameters.load(PARAMETERS, checkpoint);
    FlatParameters.restore(checkpoint, TABLE, table);
  }

  @Override
  public void close() {
    optimiser.close();
    network.close();
    scope.close();
  }
}
