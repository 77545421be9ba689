package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatParameters;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqNetwork;
import io.hybnext.model.tokenizer.training.VqTrainer.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The forward and backward pass of one training step of the tokenizer, with what the rest of the
 * step needs of it. Its arrays belong to the scope it ran in.
 */
final class ForwardPass {
  private static final long CROP_PLACE = 8;
  private static final int LEVEL = 0;
  private static final int SSIM = 1;
  private static final int COMMITMENT = 2;
  private static final int PERCEPTUAL = 3;
  private static final int ADVERSARIAL = 4;

  private final VqTrainingConfig settings;
  private final VqConfig model;
  private final VqNetwork network;
  private final KernelModule kernels;
  private final FlatParameters parameters;
  private final RunningCodebook codebook;
  private final Critics critics;
  private final long step;
  private final boolean quantised;
  private final boolean adversarial;
  private final List<Array> terms = new ArrayList<>();
  private final List<Float> weights = new ArrayList<>(); // of the terms, in their order
  private final float[] values = new float[5]; // by kind
  private Array leaf;
  private Array indices;
  private Array rows;
  private Array realCrop;
  private Array madeCrop;
  private float meanSquaredError;
  private float loss;

  ForwardPass(
      VqTrainingConfig settings,
      VqConfig model,
      VqNetwork network,
      KernelModule kernels,
      FlatParameters parameters,
      RunningCodebook codebook,
      Critics critics,
      long step) {
    this.settings = settings;
    this.model = model;
    this.network = network;
    this.kernels = kernels;
    this.parameters = parameters;
    this.codebook = codebook;
    this.critics = critics;
    this.step = step;
    quantised = step >= settings.codebookStartStep();
    adversarial = settings.adversarialWeight() > 0 && step >= settings.adversarialStartStep();
  }

  /**
   * Runs both passes; the gradient is then at {@link #leaf}.
   *
   * @param x (B, channels, S, S) in [-1, 1]
   * @param band (S - 10, S), rows of the SSIM window
   */
  void run(Scope work, Array x, Array band) {
    leaf = parameters.values().leaf(work);
    try (Autograd.Recording on = Autograd.record()) {
      Array latent = network.kernels().callMany(work, "encode", x, leaf).get(1);
      Array decoded = network.kernels().call(work, "decode", quantise(work, latent), leaf);
      List<Array> fidelity = kernels.callMany(work, "fidelity", decoded, x, band);
      term(LEVEL, 1, fidelity.get(0));
      meanSquaredError = fidelity.get(1).item();
      term(SSIM, -settings.ssimWeight(), fidelity.get(2));
      crops(work, decoded, x);
      float[] used = new float[terms.size()];
      for (int i = 0; i < used.length; i++) {
        used[i] = weights.get(i);
      }
      Array total = kernels.call(work, "weighted", terms, work.floats(used, used.length));
      Autograd.backward(total);
      loss = total.item();
    }
  }

  private Array quantise(Scope work, Array latent) {
    if (!quantised) {
      return kernels.call(work, "pass_through", latent);
    }
    List<Array> chosen = kernels.callMany(work, "quantise", latent, codebook.codes());
    indices = chosen.get(2);
    rows = chosen.get(3);
    term(COMMITMENT, settings.commitWeight(), chosen.get(1));
    return chosen.get(0);
  }

  private void crops(Scope work, Array decoded, Array x) {
    boolean perceptual = settings.perceptualWeight() > 0 && step >= settings.perceptualStartStep();
    if (!perceptual && !adversarial) {
      return;
    }
    long key = CounterRandom.key(settings.seed(), CROP_PLACE, step, 0);
    SplittableRandom random = new SplittableRandom(key);
    int room = model.imageSize() - settings.cropSize() + 1;
    long[] place = {random.nextInt(room), random.nextInt(room), settings.cropSize()};
    Array at = work.longs(place, 3);
    realCrop = kernels.call(work, "crop", x, at);
    madeCrop = kernels.call(work, "crop", decoded, at);
    if (perceptual) {
      term(
          PERCEPTUAL,
          settings.perceptualWeight(),
          critics.perceptualDistance(work, madeCrop, realCrop));
    }
    double weight = settings.adversarialWeight(step);
    if (adversarial && weight > 0) {
      term(ADVERSARIAL, weight, critics.adversarialLoss(work, madeCrop));
    }
  }

  private void term(int kind, double weight, Array value) {
    values[kind] = value.item();
    if (weight != 0) {
      weights.add((float) weight);
      terms.add(value);
    }
  }

  StepReport report(long made, float norm, float critic, int revived, double rate) {
    return new StepReport(
        made,
        loss,
        meanSquaredError,
        values[SSIM],
        values[COMMITMENT],
        values[PERCEPTUAL],
        values[ADVERSARIAL],
        critic,
        norm,
        revived,
        rate);
  }

  /** Where the gradient of the parameters is. */
  Array leaf() {
    return leaf;
  }

  /** Whether codes were in use. */
  boolean quantised() {
    return quantised;
  }

  /** Whether the discriminator takes part. */
  boolean adversarial() {
    return adversarial;
  }

  /** Chosen codes (N), when quantised. */
  Array indices() {
    return indices;
  }

  /** Unit latents (N, D), when quantised. */
  Array rows() {
    return rows;
  }

  /** The part of the images that the critics see. */
  Array realCrop() {
    return realCrop;
  }

  /** The same part of the reconstructions. */
  Array madeCrop() {
    return madeCrop;
  }
}
