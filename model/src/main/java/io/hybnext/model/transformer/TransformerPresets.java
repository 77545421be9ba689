package io.hybnext.model.transformer;

import io.hybnext.model.transformer.TransformerConfig.ModelType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Named sizes: LlamaGen's published ones ({@code GPT-B} and up, for 256 image tokens of a codebook
 * of 16384), and this project's {@code tiny}, {@code bench} and {@code demo}.
 */
public final class TransformerPresets {
  private static final int LLAMAGEN_VOCABULARY = 16384;
  private static final int LLAMAGEN_TOKENS = 256;
  private static final Map<String, TransformerConfig> PRESETS = presets();

  private TransformerPresets() {}

  private static Map<String, TransformerConfig> presets() {
    Map<String, TransformerConfig> presets = new LinkedHashMap<>();
    presets.put("tiny", classes(3, 64, 4, 32, 256, 16, 10));
    presets.put("bench", classes(6, 384, 6, 256, 4096, 256, 1000));
    presets.put("demo", captions(6, 192, 6, 64, 1024, 64, 16, 64));
    presets.put("GPT-B", published(12, 768, 12));
    presets.put("GPT-L", published(24, 1024, 16));
    presets.put("GPT-XL", published(36, 1280, 20));
    presets.put("GPT-XXL", published(48, 1536, 24));
    presets.put("GPT-XXXL", published(48, 2560, 40));
    presets.put("GPT-1B", published(22, 2048, 32));
    presets.put("GPT-3B", published(24, 3200, 32));
    presets.put("GPT-7B", published(32, 4096, 32));
    return presets;
  }

  /**
   * The preset of this name; {@code tiny} and {@code bench} without dropout of activations.
   *
   * @throws IllegalArgumentException naming the known ones
   */
  public static TransformerConfig named(String name) {
    TransformerConfig preset = PRESETS.get(name);
    if (preset == null) {
      throw new IllegalArgumentException("model preset = " + name + ": want one of " + names());
    }
    return preset;
  }

  /** The known names. */
  public static Set<String> names() {
    return PRESETS.keySet();
  }

  /** A published size, class-conditional, with LlamaGen's dropout of 0.1. */
  private static TransformerConfig published(int layers, int dim, int heads) {
    return classes(layers, dim, heads, 256, LLAMAGEN_VOCABULARY, LLAMAGEN_TOKENS, 1000)
        .withDropout(0.1);
  }

  private static TransformerConfig classes(
      int layers, int dim, int heads, int multipleOf, int vocabulary, int tokens, int classes) {
    return new TransformerConfig(
        ModelType.C2I,
        dim,
        layers,
        heads,
        heads,
        multipleOf,
        1,
        10000,
        1e-5,
        0.02,
        vocabulary,
        tokens,
        1,
        classes,
        0,
        0.1,
        0,
        0,
        0);
  }

  /**
   * A preset with LlamaGen's dropout of 0.1 for another codebook, image or number of classes.
   *
   * @param vocabulary codes
   * @param imageTokens tokens an image, a square number
   */
  public static TransformerConfig sized(
      TransformerConfig preset, int vocabulary, int imageTokens, int classes) {
    return classes(
            preset.nLayer(),
            preset.dim(),
            preset.nHead(),
            preset.multipleOf(),
            vocabulary,
            imageTokens,
            classes)
        .withDropout(0.1);
  }

  private static TransformerConfig captions(
      int layers,
      int dim,
      int heads,
      int multipleOf,
      int vocabulary,
      int tokens,
      int captionPositions,
      int captionDim) {
    return new TransformerConfig(
        ModelType.T2I,
        dim,
        layers,
        heads,
        heads,
        multipleOf,
        1,
        10000,
        1e-5,
        0.02,
        vocabulary,
        tokens,
        captionPositions,
        0,
        captionDim,
        0.1,
        0,
        0,
        0);
  }

  /**
   * A preset for captions instead of classes: same network, other condition.
   *
   * @param captionPositions condition positions T
   * @param captionDim width of a caption feature
   */
  public static TransformerConfig forCaptions(
      TransformerConfig preset, int captionPositions, int captionDim) {
    return new TransformerConfig(
        ModelType.T2I,
        preset.dim(),
        preset.nLayer(),
        preset.nHead(),
        preset.nKvHead(),
        preset.multipleOf(),
        preset.ffnDimMultiplier(),
        preset.ropeBase(),
        preset.normEps(),
        preset.initializerRange(),
        preset.vocabSize(),
        preset.blockSize(),
        captionPositions,
        0,
        captionDim,
        preset.classDropoutProb(),
        preset.tokenDropoutP(),
        preset.residDropoutP(),
        preset.ffnDropoutP());
  }
}
