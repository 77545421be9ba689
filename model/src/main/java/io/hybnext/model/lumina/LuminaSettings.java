package io.hybnext.model.lumina;

/**
 * How sequences are drawn. Defaults of the official script: {@link #OFFICIAL}.
 *
 * @param cfgScale guidance s inside images: {@code u + s (c - u)}; at most 1 for none
 * @param temperature divides the logits; above 0
 * @param imageTopK only the k likeliest tokens inside an image, ties included; 0 for all
 * @param textTopK the same outside images
 * @param topP of those only the likeliest that together reach this probability, the one that
 *     crosses it included; 1, as in the official script, for all
 * @param greedy always the likeliest token
 * @param constrained whether the image grammar is enforced; without it also guidance is off
 * @param stopAtSeparator whether a sequence ends with the separator behind its answer
 * @param maxNewTokens longest continuation
 */
public record LuminaSettings(
    double cfgScale,
    double temperature,
    int imageTopK,
    int textTopK,
    double topP,
    boolean greedy,
    boolean constrained,
    boolean stopAtSeparator,
    int maxNewTokens) {

  /** ARRA's demo script: guidance 4, top-k 2000 in images and 10 in text, 8,192 tokens. */
  public static final LuminaSettings OFFICIAL =
      new LuminaSettings(4, 1, 2000, 10, 1, false, true, true, 8192);

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public LuminaSettings {
    check(Double.isFinite(cfgScale) && cfgScale >= 0, "cfg-scale", cfgScale, "at least 0");
    check(temperature > 0 && Double.isFinite(temperature), "temperature", temperature, "above 0");
    check(imageTopK >= 0, "image-top-k", imageTopK, "at least 0");
    check(textTopK >= 0, "text-top-k", textTopK, "at least 0");
    check(topP > 0 && topP <= 1, "top-p", topP, "above 0 and at most 1");
    check(maxNewTokens > 0, "max-new-tokens", maxNewTokens, "at least 1");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("sampling." + key + " = " + value + ": want " + rule);
    }
  }

  /** Whether an unconditional stream is computed. */
  public boolean guides() {
    return constrained && cfgScale > 1;
  }

  /** The same with another guidance. */
  public LuminaSettings withCfgScale(double scale) {
    return new LuminaSettings(
        scale,
        temperature,
        imageTopK,
        textTopK,
        topP,
        greedy,
        constrained,
        stopAtSeparator,
        maxNewTokens);
  }

  /** The same with other filters. */
  public LuminaSettings withTopK(int images, int texts) {
    return new LuminaSettings(
        cfgScale,
        temperature,
        images,
        texts,
        topP,
        greedy,
        constrained,
        stopAtSeparator,
        maxNewTokens);
  }

  /** The same with another probability mass. */
  public LuminaSettings withTopP(double mass) {
    return new LuminaSettings(
        cfgScale,
        temperature,
        imageTopK,
        textTopK,
        mass,
        greedy,
        constrained,
        stopAtSeparator,
        maxNewTokens);
  }

  /** The same always taking the likeliest token. */
  public LuminaSettings asGreedy() {
    return new LuminaSettings(
        cfgScale,
        temperature,
        imageTopK,
        textTopK,
        topP,
        true,
        constrained,
        stopAtSeparator,
        maxNewTokens);
  }

  /** The same with another longest continuation, which the separator ends before or not. */
  public LuminaSettings upTo(int tokens, boolean separatorStops) {
    return new LuminaSettings(
        cfgScale,
        temperature,
        imageTopK,
        textTopK,
        topP,
        greedy,
        constrained,
        separatorStops,
        tokens);
  }

  /** The same with neither grammar nor guidance. */
  public LuminaSettings unconstrained() {
    return new LuminaSettings(
        cfgScale,
        temperature,
        imageTopK,
        textTopK,
        topP,
        greedy,
        false,
        stopAtSeparator,
        maxNewTokens);
  }
}
