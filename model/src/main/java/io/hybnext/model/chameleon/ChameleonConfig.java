package io.hybnext.model.chameleon;

import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.WIDEST_INNER;
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
 * Sizes and rates of a Chameleon decoder. Source: arra.md section 4.4.
 *
 * @param hiddenSize width D of the residual stream
 * @param intermediateSize width F of the feed-forward
 * @param numHiddenLayers number of blocks
 * @param numAttentionHeads heads H; hiddenSize / H is the head width, an even number
 * @param normRows rows that head norms are stored as, a divisor of H: model shards in the original
 *     files, H in those of newer libraries
 * @param maxPositions longest sequence
 * @param rmsNormEps added to the mean square inside RMSNorm
 * @param ropeTheta base of the rotary frequencies
 * @param dropout on both residual branches of a block
 * @param maskImageLogits whether image tokens are closed to prediction, as the class's default has
 *     it; training on images is then impossible
 * @param promptDropout probability that training cuts everything before the image start off
 * @param sliceLength positions of {@code official-slice}, 1024 in the official code
 * @param initializerRange standard deviation of initial weights
 * @param imageSide codes along a side of the square images that it is trained on; 0 for any
 * @param vocabulary ids V and what they mean
 */
public record ChameleonConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int normRows,
    int maxPositions,
    double rmsNormEps,
    double ropeTheta,
    double dropout,
    boolean maskImageLogits,
    double promptDropout,
    int sliceLength,
    double initializerRange,
    int imageSide,
    ChameleonVocabulary vocabulary)
    implements DecoderConfig {

  /** Added to the variance inside the norms of heads, whatever the other norms use. */
  public static final double HEAD_NORM_EPS = 1e-5;

  /** Positions that the official code's slice holds. */
  public static final int OFFICIAL_SLICE = 1024;

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public ChameleonConfig {
    check(numAttentionHeads > 0, "num_attention_heads", numAttentionHeads, "at least 1");
    check(
        within(hiddenSize, WIDEST) && hiddenSize % (2L * numAttentionHeads) == 0,
        "hidden_size",
        hiddenSize,
        "a multiple of twice num_attention_heads, at most " + WIDEST);
    check(
        within(intermediateSize, WIDEST_INNER),
        "intermediate_size",
        intermediateSize,
        "1 to " + WIDEST_INNER);
    check(
        within(numHiddenLayers, MOST_BLOCKS),
        "num_hidden_layers",
        numHiddenLayers,
        "1 to " + MOST_BLOCKS);
    check(
        normRows > 0 && numAttentionHeads % normRows == 0,
        "model_parallel_size",
        normRows,
        "a divisor of num_attention_heads");
    check(maxPositions > 1, "max_position_embeddings", maxPositions, "at least 2");
    check(rmsNormEps > 0, "rms_norm_eps", rmsNormEps, "above 0");
    check(ropeTheta > 1, "rope_theta", ropeTheta, "above 1");
    check(dropout >= 0 && dropout < 1, "dropout", dropout, "at least 0 and below 1");
    check(promptDropout >= 0 && promptDropout < 1, "prompt_dropout", promptDropout, "0 to 1");
    check(sliceLength > 0, "slice_length", sliceLength, "at least 1");
    check(initializerRange >= 0, "initializer_range", initializerRange, "at least 0");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("chameleon." + key + " = " + value + ": want " + rule);
    }
  }

  /** The published 7B sizes; dropout as in ARRA's recipe. */
  public static ChameleonConfig published7B() {
    return small(ChameleonVocabulary.published(), 4096, 11008, 32, 32, 4096).withDropout(0.05);
  }

  /** Any sizes, without dropout, everything else as published. */
  public static ChameleonConfig small(
      ChameleonVocabulary vocabulary, int width, int feedForward, int blocks, int heads, int max) {
    return new ChameleonConfig(
        width,
        feedForward,
        blocks,
        heads,
        1,
        max,
        1e-5,
        10000,
        0,
        false,
        0,
        OFFICIAL_SLICE,
        0.02,
        0,
        vocabulary);
  }

  /** Width of a head. */
  public int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  @Override
  public int width() {
    return hiddenSize;
  }

  @Override
  public int depth() {
    return numHiddenLayers;
  }

  @Override
  public ParameterLayout layout() {
    return ChameleonLayout.of(this);
  }

  /** Gains one, biases zero, matrices normal. */
  @Override
  public InitialValue initial(Parameter parameter) {
    String name = parameter.name();
    if (name.endsWith("norm.weight")) {
      return InitialValue.constant(1);
    }
    return name.endsWith(".bias")
        ? InitialValue.constant(0)
        : InitialValue.normal(initializerRange);
  }

  @Override
  public PassMemory memory(
      PassShape shape, Objective objective, Precision stored, Precision computed) {
    return new ChameleonMemory(this, shape, objective, stored, computed);
  }

  @Override
  public ChameleonDecoder open(TorchEngine engine, Precision precision, Objective objective) {
    return new ChameleonDecoder(engine, this, precision, objective);
  }

  /** The same with another rate of residual dropout. */
  public ChameleonConfig withDropout(double rate) {
    return with(normRows, rate, maskImageLogits, promptDropout, sliceLength, imageSide, vocabulary);
  }

  /** The same with head norms stored in so many rows. */
  public ChameleonConfig withNormRows(int rows) {
    return with(rows, dropout, maskImageLogits, promptDropout, sliceLength, imageSide, vocabulary);
  }

  /** The same with image tokens closed to prediction or not. */
  public ChameleonConfig withMaskedImageLogits(boolean masked) {
    return with(normRows, dropout, masked, promptDropout, sliceLength, imageSide, vocabulary);
  }

  /** The same with prompts cut off at another rate. */
  public ChameleonConfig withPromptDropout(double rate) {
    return with(normRows, dropout, maskImageLogits, rate, sliceLength, imageSide, vocabulary);
  }

  /** The same with another length of {@code official-slice}. */
  public ChameleonConfig withSliceLength(int length) {
    return with(normRows, dropout, maskImageLogits, promptDropout, length, imageSide, vocabulary);
  }

  /** The same for square images with so many codes a side. */
  public ChameleonConfig withImageSide(int side) {
    return with(normRows, dropout, maskImageLogits, promptDropout, sliceLength, side, vocabulary);
  }

  /** The same with text ids found in another way; ids mean what they meant. */
  public ChameleonConfig withVocabulary(ChameleonVocabulary other) {
    return with(normRows, dropout, maskImageLogits, promptDropout, sliceLength, imageSide, other);
  }

  private ChameleonConfig with(
      int rows,
      double residual,
      boolean masked,
      double prompts,
      int slice,
      int side,
      ChameleonVocabulary ids) {
    return new ChameleonConfig(
        hiddenSize,
        intermediateSize,
        numHiddenLayers,
        numAttentionHeads,
        rows,
        maxPositions,
        rmsNormEps,
        ropeTheta,
        residual,
        masked,
        prompts,
        slice,
        initializerRange,
        side,
        ids);
  }
}
