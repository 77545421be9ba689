package io.hybnext.config;

/**
 * The {@code sampling} section of reference.conf. Drawing pictures.
 *
 * @param guidance classifier-free guidance; 1 = none
 * @param temperature divides the logits
 * @param topK most likely codes kept; 0 = all
 * @param topP probability mass kept
 * @param batch pictures drawn in one call
 */
public record SamplingSettings(
    double guidance, double temperature, int topK, double topP, int batch) {

  /** Checks every value. */
  public SamplingSettings {
    Rule.between("sampling.guidance", guidance, 1, 100);
    Rule.aboveUpTo("sampling.temperature", temperature, 0, 10);
    Rule.atLeast("sampling.top-k", topK, 0);
    Rule.aboveUpTo("sampling.top-p", topP, 0, 1);
    Rule.between("sampling.batch", batch, 1, 1024);
  }
}
