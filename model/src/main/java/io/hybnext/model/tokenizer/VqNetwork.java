package io.hybnext.model.tokenizer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatLayout.Parameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The maths of the VQ tokenizer for one configuration; holds no weights. Kernel text: {@code vq.ts}
 * and what {@link VqGraph} writes. B = batch, S = image side, g = grid side, K = codes, D = length
 * of a code. Used by one thread at a time.
 *
 * <p>Source of the semantics: LlamaGen, {@code tokenizer/tokenizer_image/vq_model.py}; Chameleon's
 * differs as {@link VqFamily} says.
 */
public final class VqNetwork implements AutoCloseable {
  private final VqConfig config;
  private final FlatLayout layout;
  private final KernelModule kernels;

  private VqNetwork(VqConfig config, FlatLayout layout, KernelModule kernels) {
    this.config = config;
    this.layout = layout;
    this.kernels = kernels;
  }

  /** Compiles the kernels of a configuration. The caller closes the result. */
  public static VqNetwork compile(TorchEngine engine, VqConfig config) {
    VqGraph graph = new VqGraph(config);
    KernelSource blocks = KernelSource.resource(VqNetwork.class, "vq.ts");
    KernelSource source =
        new KernelSource("vq.ts", blocks.methods() + graph.text(), Map.of())
            .with("groups", config.normNumGroups())
            .with("eps", config.normEps())
            .with("l2", config.codebookL2Norm())
            .with("codebook_factor", config.family().codebookFactor(config.commitLossBeta()))
            .with("commitment_factor", config.family().commitmentFactor(config.commitLossBeta()))
            .with("rounding", config.family().rounding())
            .with("entropy", config.entropyLossRatio());
    return new VqNetwork(config, graph.layout(), KernelModule.compile(engine, source));
  }

  /** The configuration. */
  public VqConfig config() {
    return config;
  }

  /** Names, shapes and places of the parameters in {@link VqWeights#flat}. */
  public FlatLayout layout() {
    return layout;
  }

  /** The compiled kernels, for training; method names and shapes stand in {@code vq.ts}. */
  public KernelModule kernels() {
    return kernels;
  }

  /**
   * What the encoder makes of a batch.
   *
   * @param encoderOut (B, z_channels, g, g)
   * @param latent (B, D, g, g), after {@code quant_conv}, not normalised
   * @param quant (B, D, g, g), the chosen codes up to rounding
   * @param indices (B, g * g), raster order
   */
  public record Encoded(Array encoderOut, Array latent, Array quant, Array indices) {}

  /**
   * Encodes and quantises.
   *
   * @param images (B, channels, S, S) in [-1, 1]
   * @return arrays owned by {@code owner}
   */
  public Encoded encode(Scope owner, VqWeights weights, Array images) {
    List<Array> latent = kernels.callMany(owner, "encode_fast", images, weights.flat());
    List<Array> chosen = kernels.callMany(owner, "nearest", latent.get(1), weights.codebook());
    return new Encoded(latent.get(0), latent.get(1), chosen.get(1), chosen.get(0));
  }

  /** The codes of indices (B, g * g) as the decoder takes them, (B, D, g, g). */
  public Array entries(Scope owner, VqWeights weights, Array indices) {
    return kernels.call(owner, "entries", indices, weights.codebook());
  }

  /**
   * Decodes codes.
   *
   * @param quant (B, D, g, g)
   * @return images (B, channels, S, S), about [-1, 1], not clamped
   */
  public Array decode(Scope owner, VqWeights weights, Array quant) {
    return kernels.call(owner, "decode_fast", quant, weights.flat());
  }

  /** Bytes (B, S, S, channels) as images (B, channels, S, S) in [-1, 1]. */
  public Array normalise(Scope owner, Array bytes) {
    return kernels.call(owner, "normalise", bytes);
  }

  /** Images (B, channels, S, S) as bytes (B, S, S, channels), clamped, rounded by family. */
  public Array toBytes(Scope owner, Array images) {
    return kernels.call(owner, "to_bytes", images);
  }

  /**
   * The training losses of a batch without the perceptual and adversarial terms, and their
   * gradients.
   *
   * @param total sum of the other four
   * @param recMse mean squared error of the reconstruction
   * @param vq mean squared distance of the codes to the latents, gradient to the codes only; with
   *     Chameleon times beta
   * @param commit the same, gradient to the latents only; with LlamaGen times beta
   * @param entropy ratio times (mean entropy of a choice - entropy of the mean choice)
   * @param gradients d total / d parameter by name, elements in row-major order
   */
  public record Losses(
      float total,
      float recMse,
      float vq,
      float commit,
      float entropy,
      Map<String, float[]> gradients) {}

  /** Computes {@link Losses} of images (B, channels, S, S) in [-1, 1]. */
  public Losses losses(VqWeights weights, Array images) {
    try (Scope work = weights.flat().scope().open("tokenizer losses");
        Autograd.Recording on = Autograd.record()) {
      Array flat = weights.flat().leaf(work);
      Array codebook = weights.codebook().leaf(work);
      Array latent = kernels.callMany(work, "encode", images, flat).get(1);
      List<Array> quantised = kernels.callMany(work, "quantise", latent, codebook);
      Array decoded = kernels.call(work, "decode", quantised.get(0), flat);
      Array rec = kernels.call(work, "mean_squared_error", decoded, images);
      Array total =
          kernels.call(
              work, "total", List.of(rec, quantised.get(1), quantised.get(2), quantised.get(3)));
      Autograd.backward(total);
      return new Losses(
          total.item(),
          rec.item(),
          quantised.get(1).item(),
          quantised.get(2).item(),
          quantised.get(3).item(),
          gradients(work, flat, codebook));
    }
  }

  private Map<String, float[]> gradients(Scope work, Array flat, Array codebook) {
    float[] all = Autograd.gradient(work, flat).orElseThrow().toFloats();
    Map<String, float[]> byName = new LinkedHashMap<>();
    for (Parameter p : layout.parameters()) {
      byName.put(p.name(), Arrays.copyOfRange(all, p.offset(), p.offset() + p.length()));
    }
    byName.put(VqWeights.CODEBOOK, Autograd.gradient(work, codebook).orElseThrow().toFloats());
    return byName;
  }

  @Override
  public void close() {
    kernels.close();
  }
}
