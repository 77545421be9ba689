package io.hybnext.model.transformer;

import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.MOST_SYMBOLS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.within;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.InitialValue;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;

/**
 * Sizes and rates of a LlamaGen transformer, under LlamaGen's own names (autoregressive/models/
 * gpt.py, ModelArgs), written here as Java spells them.
 *
 * @param modelType what the image is conditioned on
 * @param dim width D of the residual stream
 * @param nLayer number of blocks
 * @param nHead attention heads H; dim / nHead is the head width, a multiple of 4
 * @param nKvHead heads of keys and values; divides nHead
 * @param multipleOf the feed-forward width is rounded up to a multiple of it
 * @param ffnDimMultiplier factor on the feed-forward width, 1 for none
 * @param ropeBase base of the rotary frequencies
 * @param normEps added to the mean square inside RMSNorm
 * @param initializerRange standard deviation of initial weights
 * @param vocabSize codebook entries V
 * @param blockSize image tokens N, a square number
 * @param clsTokenNum condition positions: 1 for classes, the caption length T for captions
 * @param numClasses classes, without the null class; 0 for captions
 * @param captionDim width C of a caption feature; 0 for classes
 * @param classDropoutProb probability that training replaces the condition by the null condition
 * @param tokenDropoutP dropout on the embeddings
 * @param residDropoutP dropout on the attention output
 * @param ffnDropoutP dropout on the feed-forward output
 */
public record TransformerConfig(
    ModelType modelType,
    int dim,
    int nLayer,
    int nHead,
    int nKvHead,
    int multipleOf,
    double ffnDimMultiplier,
    double ropeBase,
    double normEps,
    double initializerRange,
    int vocabSize,
    int blockSize,
    int clsTokenNum,
    int numClasses,
    int captionDim,
    double classDropoutProb,
    double tokenDropoutP,
    double residDropoutP,
    double ffnDropoutP)
    implements DecoderConfig {

  /** What the image is conditioned on. */
  public enum ModelType {
    /** A class number. */
    C2I("c2i"),
    /** The features of a caption. */
    T2I("t2i");

    private final String setting;

    ModelType(String setting) {
      this.setting = setting;
    }

    /** LlamaGen's word for it. */
    public String setting() {
      return setting;
    }

    /**
     * Reads {@code c2i} or {@code t2i}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static ModelType parse(String setting) {
      for (ModelType type : values()) {
        if (type.setting.equals(setting)) {
          return type;
        }
      }
      throw new IllegalArgumentException("model_type = " + setting + ": want c2i or t2i");
    }
  }

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public TransformerConfig {
    check(
        within(dim, WIDEST) && nHead > 0 && dim % nHead == 0,
        "dim",
        dim,
        "a multiple of n_head, at most " + WIDEST);
    check(dim / nHead % 4 == 0, "dim / n_head", dim / nHead, "a multiple of 4, for 2-D rotation");
    check(within(nLayer, MOST_BLOCKS), "n_layer", nLayer, "1 to " + MOST_BLOCKS);
    check(nKvHead > 0 && nHead % nKvHead == 0, "n_kv_head", nKvHead, "a divisor of n_head");
    check(within(multipleOf, WIDEST), "multiple_of", multipleOf, "1 to " + WIDEST);
    check(
        ffnDimMultiplier > 0 && ffnDimMultiplier <= 16,
        "ffn_dim_multiplier",
        ffnDimMultiplier,
        "above 0, at most 16");
    check(ropeBase > 1, "rope_base", ropeBase, "above 1");
    check(normEps > 0, "norm_eps", normEps, "above 0");
    check(initializerRange >= 0, "initializer_range", initializerRange, "at least 0");
    check(
        vocabSize > 1 && vocabSize <= MOST_SYMBOLS,
        "vocab_size",
        vocabSize,
        "2 to " + MOST_SYMBOLS);
    int side = (int) Math.round(Math.sqrt(blockSize));
    check(
        within(blockSize, MOST_SYMBOLS) && side * side == blockSize,
        "block_size",
        blockSize,
        "a square number");
    check(within(clsTokenNum, WIDEST), "cls_token_num", clsTokenNum, "1 to " + WIDEST);
    if (modelType == ModelType.C2I) {
      check(clsTokenNum == 1, "cls_token_num", clsTokenNum, "1 when conditioned on classes");
      check(within(numClasses, MOST_SYMBOLS), "num_classes", numClasses, "1 to " + MOST_SYMBOLS);
    } else {
      check(within(captionDim, WIDEST), "caption_dim", captionDim, "1 to " + WIDEST);
    }
    checkRate("class_dropout_prob", classDropoutProb);
    checkRate("token_dropout_p", tokenDropoutP);
    checkRate("resid_dropout_p", residDropoutP);
    checkRate("ffn_dropout_p", ffnDropoutP);
  }

  private static void checkRate(String key, double value) {
    check(value >= 0 && value < 1, key, value, "at least 0 and below 1");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("transformer." + key + " = " + value + ": want " + rule);
    }
  }

  @Override
  public int width() {
    return dim;
  }

  @Override
  public int depth() {
    return nLayer;
  }

  @Override
  public ParameterLayout layout() {
    return TransformerLayout.of(this);
  }

  /** Norms one, biases and the output head zero, so that the first loss is ln V. */
  @Override
  public InitialValue initial(Parameter parameter) {
    String name = parameter.name();
    if (name.equals(TransformerLayout.UNCONDITIONAL)) {
      return InitialValue.normal(1 / Math.sqrt(captionDim));
    }
    if (name.endsWith("norm.weight")) {
      return InitialValue.constant(1);
    }
    return name.equals("output.weight") || name.endsWith(".bias")
        ? InitialValue.constant(0)
        : InitialValue.normal(initializerRange);
  }

  @Override
  public PassMemory memory(
      PassShape shape, Objective objective, Precision stored, Precision computed) {
    return new TransformerMemory(this, shape, objective, stored, computed);
  }

  @Override
  public TransformerDecoder open(TorchEngine engine, Precision precision, Objective objective) {
    return new TransformerDecoder(engine, this, precision, objective);
  }

  /** Width of a head. */
  public int headDim() {
    return dim / nHead;
  }

  /** Rows and columns of the grid of image tokens. */
  public int gridSize() {
    return (int) Math.round(Math.sqrt(blockSize));
  }

  /** Feed-forward width F: two thirds of 4 * dim, times the multiplier, rounded up. */
  public int ffnDim() {
    int hidden = (int) (ffnDimMultiplier * (8 * dim / 3));
    return (hidden + multipleOf - 1) / multipleOf * multipleOf;
  }

  /** Rows of the class table: one more than classes, for the null class, if it is ever drawn. */
  public int classRows() {
    return numClasses + (classDropoutProb > 0 ? 1 : 0);
  }

  /** Whether any of the three activations' dropouts is on. */
  public boolean hasDropout() {
    return tokenDropoutP > 0 || residDropoutP > 0 || ffnDropoutP > 0;
  }

  /** The same network with the three activations' dropouts at this rate. */
  public TransformerConfig withDropout(double rate) {
    return new TransformerConfig(
        modelType,
        dim,
        nLayer,
        nHead,
        nKvHead,
        multipleOf,
        ffnDimMultiplier,
        ropeBase,
        normEps,
        initializerRange,
        vocabSize,
        blockSize,
        clsTokenNum,
        numClasses,
        captionDim,
        classDropoutProb,
        rate,
        rate,
        rate);
  }
}
