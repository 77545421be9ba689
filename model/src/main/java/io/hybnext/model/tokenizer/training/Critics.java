package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout;

/**
 * The two networks that judge crops: a PatchGAN discriminator, which learns beside the tokenizer,
 * and a perceptual network, which learned before it how spoilt a crop is ({@link SpoiltCrops}) and
 * whose features then measure how alike two crops look. Kernel text: {@code critic.ts}.
 */
final class Critics {
  private static final double BETA1 = 0.5; // of both networks, as is usual for discriminators
  private static final double BETA2 = 0.9;
  private static final double WEIGHT_DECAY = 1e-3;

  private final VqTrainingConfig settings;
  private final KernelModule kernels;
  private final FlatParameters critic;
  private final FlatParameters senses;

  Critics(Scope owner, VqTrainingConfig settings, int channels) {
    this.settings = settings;
    FlatLayout criticLayout = criticLayout(channels);
    FlatLayout sensesLayout = sensesLayout(channels);
    KernelSource text = KernelSource.resource(Critics.class, "critic.ts");
    KernelSource adamw = OptimiserText.adamw(new OptimiserText.AdamW(BETA1, BETA2, WEIGHT_DECAY));
    String optimisers =
        OptimiserText.of("step_critic", criticLayout, false)
            + OptimiserText.of("step_senses", sensesLayout, false);
    kernels =
        KernelModule.compile(
            owner.engine(),
            new KernelSource(
                    "critic.ts", text.methods() + adamw.methods() + optimisers, adamw.constants())
                .with("critic_sizes", criticLayout.sizes())
                .with("senses_sizes", sensesLayout.sizes()));
    critic = new FlatParameters(owner, "critic", criticLayout, settings.seed());
    senses = new FlatParameters(owner, "senses", sensesLayout, settings.seed());
  }

  private static FlatLayout criticLayout(int channels) {
    FlatLayout layout = new FlatLayout();
    conv(layout, "a", channels, 32, 4);
    conv(layout, "b", 32, 64, 4);
    norm(layout, "b_norm", 64);
    conv(layout, "c", 64, 128, 3);
    norm(layout, "c_norm", 128);
    conv(layout, "d", 128, 1, 3);
    return layout;
  }

  private static FlatLayout sensesLayout(int channels) {
    FlatLayout layout = new FlatLayout();
    conv(layout, "a", channels, 16, 3);
    conv(layout, "b", 16, 32, 3);
    conv(layout, "c", 32, 32, 3);
    conv(layout, "d", 32, 64, 3);
    conv(layout, "e", 64, 96, 3);
    layout.add("head.weight", SpoiltCrops.MEASURES, 96);
    layout.add("head.bias", SpoiltCrops.MEASURES);
    return layout;
  }

  private static void conv(FlatLayout layout, String name, int in, int out, int side) {
    layout.add(name + ".weight", out, in, side, side);
    layout.add(name + ".bias", out);
  }

  private static void norm(FlatLayout layout, String name, int channels) {
    layout.add(name + ".weight", channels);
    layout.add(name + ".bias", channels);
  }

  FlatParameters critic() {
    return critic;
  }

  FlatParameters senses() {
    return senses;
  }

  /** Perceptual distance of a crop to the real one; differentiable in the first. */
  Array perceptual(Scope step, Array made, Array real) {
    return kernels.call(step, "perceptual", made, real, senses.values());
  }

  /** The generator's adversarial term; differentiable in the crop. */
  Array deceive(Scope step, Array made) {
    return kernels.call(step, "deceive", made, critic.values());
  }

  /** One step of the discriminator; returns its hinge loss before the step. */
  float learnToExpose(Scope step, Array real, Array made) {
    Array leaf = critic.values().leaf(step);
    Array loss;
    try (Autograd.Recording on = Autograd.record()) {
      loss = kernels.call(step, "expose", real, made.detach(step), leaf);
      Autograd.backward(loss);
    }
    Array gradient = Autograd.gradient(step, leaf).orElseThrow();
    Array rate = step.scalar((float) settings.criticLearningRate());
    kernels.call(step, "step_critic", critic.update(gradient, rate));
    return loss.item();
  }

  /** One step of the perceptual network; returns its squared error before the step. */
  float learnToSense(Scope step, SpoiltCrops.Batch batch, double rate) {
    Array leaf = senses.values().leaf(step);
    Array loss;
    try (Autograd.Recording on = Autograd.record()) {
      Array wanted = step.floats(batch.measures(), batch.count(), SpoiltCrops.MEASURES);
      loss = kernels.call(step, "spoilt", batch.crops(step), wanted, leaf);
      Autograd.backward(loss);
    }
    Array gradient = Autograd.gradient(step, leaf).orElseThrow();
    kernels.call(step, "step_senses", senses.update(gradient, step.scalar((float) rate)));
    return loss.item();
  }

  void close() {
    kernels.close();
  }
}
