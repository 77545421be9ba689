package io.hybnext.model.sampling;

/**
 * How tokens are drawn, under LlamaGen's names.
 *
 * @param cfgScale guidance scale s: logits are {@code uncond + (cond - uncond) * s}; at most 1 for
 *     none
 * @param cfgInterval guidance ends after this many tokens, counted from the second one; -1 for
 *     never
 * @param temperature divides the logits; above 0
 * @param topK only the k likeliest tokens, and those equal to the k-th, may be drawn; 0 for all
 * @param topP only the likeliest tokens that together reach this probability may be drawn, the one
 *     that crosses it included; 1 for all
 * @param greedy always the likeliest token; temperature and filters then do not matter
 */
public record SamplingSettings(
    double cfgScale, int cfgInterval, double temperature, int topK, double topP, boolean greedy) {

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public SamplingSettings {
    check(Double.isFinite(cfgScale) && cfgScale >= 0, "cfg-scale", cfgScale, "at least 0");
    check(cfgInterval >= -1, "cfg-interval", cfgInterval, "at least -1");
    check(temperature > 0 && Double.isFinite(temperature), "temperature", temperature, "above 0");
    check(topK >= 0, "top-k", topK, "at least 0");
    check(topP > 0 && topP <= 1, "top-p", topP, "above 0 and at most 1");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("sampling." + key + " = " + value + ": want " + rule);
    }
  }

  /** Draws from the whole distribution with this guidance. */
  public static SamplingSettings guided(double cfgScale) {
    return new SamplingSettings(cfgScale, -1, 1, 0, 1, false);
  }

  /** Takes the likeliest token, with this guidance. */
  public static SamplingSettings greedy(double cfgScale) {
    return new SamplingSettings(cfgScale, -1, 1, 0, 1, true);
  }

  /** The same with another end of guidance. */
  public SamplingSettings withCfgInterval(int interval) {
    return new SamplingSettings(cfgScale, interval, temperature, topK, topP, greedy);
  }

  /** The same with other filters. */
  public SamplingSettings withFilters(double newTemperature, int newTopK, double newTopP) {
    return new SamplingSettings(cfgScale, cfgInterval, newTemperature, newTopK, newTopP, greedy);
  }

  /** Whether null conditions are computed at all. */
  public boolean guides() {
    return cfgScale > 1;
  }

  /** Tokens of an image, from the first one, that are drawn under guidance. */
  int guidedTokens(int tokens) {
    if (!guides()) {
      return 0;
    }
    return cfgInterval < 0 ? tokens : (int) Math.min(tokens, cfgInterval + 2L);
  }
}
