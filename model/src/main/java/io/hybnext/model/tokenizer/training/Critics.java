package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatParameters;
import io.hybnext.model.network.StartValues;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;

/**
 * The two networks that judge crops: a PatchGAN discriminator, which learns beside the tokenizer,
 * and a perceptual network, which learned before it how distorted a crop is ({@link
 * DistortedCrops}) and whose features then measure how alike two crops look. Kernel text: {@code
 * critic.ts}.
 */
final class Critics {
  private static final double BETA1 = 0.5; // of both networks, as is usual for discriminators
  private static final double BETA2 = 0.9;
  private static final double WEIGHT_DECAY = 1e-3;
  private static final String CRITIC = "critic"; // names in checkpoints, and of the start values
  private static final String PERCEPTUAL = "senses";

  private final VqTrainingConfig settings;
  private final KernelModule kernels;
  private final FlatParameters critic;
  private final FlatParameters perceptual;

  Critics(Scope owner, VqTrainingConfig settings, int channels) {
    this.settings = settings;
    FlatLayout criticLayout = criticLayout(channels);
    FlatLayout perceptualLayout = perceptualLayout(channels);
    KernelSource text = KernelSource.resource(Critics.class, "critic.ts");
    KernelSource adamw = OptimiserText.adamw(new OptimiserText.AdamW(BETA1, BETA2, WEIGHT_DECAY));
    String optimisers =
        OptimiserText.of("step_critic", criticLayout, false)
            + OptimiserText.of("step_perceptual", perceptualLayout, false);
    kernels =
        KernelModule.compile(
            owner.engine(),
            new KernelSource(
                    "critic.ts", text.methods() + adamw.methods() + optimisers, adamw.constants())
                .with("critic_sizes", criticLayout.sizes())
                .with("perceptual_sizes", perceptualLayout.sizes()));
    critic = start(owner, criticLayout, CRITIC);
    perceptual = start(owner, perceptualLayout, PERCEPTUAL);
  }

  private FlatParameters start(Scope owner, FlatLayout layout, String name) {
    Array values = StartValues.uniform(owner, layout, settings.seed(), name);
    return new FlatParameters(owner, layout, values);
  }

  private static FlatLayout criticLayout(int channels) {
    FlatLayout layout = new FlatLayout();
    layout.convolution("a", channels, 32, 4);
    layout.convolution("b", 32, 64, 4);
    layout.norm("b_norm", 64);
    layout.convolution("c", 64, 128, 3);
    layout.norm("c_norm", 128);
    layout.convolution("d", 128, 1, 3);
    return layout;
  }

  private static FlatLayout perceptualLayout(int channels) {
    FlatLayout layout = new FlatLayout();
    layout.convolution("a", channels, 16, 3);
    layout.convolution("b", 16, 32, 3);
    layout.convolution("c", 32, 32, 3);
    layout.convolution("d", 32, 64, 3);
    layout.convolution("e", 64, 96, 3);
    layout.linear("head", 96, DistortedCrops.MEASURES);
    return layout;
  }

  /** Adds both networks to a checkpoint. */
  void save(SafetensorsWriter writer) {
    critic.save(CRITIC, writer);
    perceptual.save(PERCEPTUAL, writer);
  }

  /** Goes on from what {@link #save} wrote. */
  void load(SafetensorsFile file) throws IOException {
    critic.load(CRITIC, file);
    perceptual.load(PERCEPTUAL, file);
  }

  /** Perceptual distance of a crop to the real one; differentiable in the first. */
  Array perceptualDistance(Scope step, Array made, Array real) {
    return kernels.call(step, "perceptual", made, real, perceptual.values());
  }

  /** The generator's adversarial term; differentiable in the crop. */
  Array adversarialLoss(Scope step, Array made) {
    return kernels.call(step, "adversarial_loss", made, critic.values());
  }

  /** One step of the discriminator; returns its hinge loss before the step. */
  float trainDiscriminator(Scope step, Array real, Array made) {
    Array leaf = critic.values().leaf(step);
    Array loss;
    try (Autograd.Recording on = Autograd.record()) {
      loss = kernels.call(step, "discriminator_loss", real, made.detach(step), leaf);
      Autograd.backward(loss);
    }
    Array gradient = Autograd.gradient(step, leaf).orElseThrow();
    Array rate = step.scalar((float) settings.criticLearningRate());
    OptimiserText.apply(kernels, "step_critic", step, critic, gradient, rate);
    return loss.item();
  }

  /** One step of the perceptual network; returns its squared error before the step. */
  float trainPerceptual(Scope step, DistortedCrops.Batch batch, double rate) {
    Array leaf = perceptual.values().leaf(step);
    Array loss;
    try (Autograd.Recording on = Autograd.record()) {
      Array wanted = step.floats(batch.measures(), batch.count(), DistortedCrops.MEASURES);
      loss = kernels.call(step, "distortion_loss", batch.crops(step), wanted, leaf);
      Autograd.backward(loss);
    }
    Array gradient = Autograd.gradient(step, leaf).orElseThrow();
    Array size = step.scalar((float) rate);
    OptimiserText.apply(kernels, "step_perceptual", step, perceptual, gradient, size);
    return loss.item();
  }

  void close() {
    kernels.close();
  }
}
