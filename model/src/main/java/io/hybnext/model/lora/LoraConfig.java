package io.hybnext.model.lora;

import io.hybnext.model.decoder.ParameterLayout;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which matrices get adapters, and of what rank.
 *
 * @param rank columns of B and rows of A
 * @param alpha the product B A counts alpha / rank times
 * @param targets regular expressions; a matrix whose key one of them finds something in gets an
 *     adapter
 */
public record LoraConfig(int rank, double alpha, List<String> targets) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public LoraConfig {
    targets = List.copyOf(targets);
    check(rank >= 1, "rank", rank, "at least 1");
    check(alpha > 0 && Double.isFinite(alpha), "alpha", alpha, "above 0");
    check(!targets.isEmpty(), "targets", targets, "at least one pattern");
    for (String target : targets) {
      try {
        Pattern.compile(target);
      } catch (PatternSyntaxException wrong) {
        throw new IllegalArgumentException(
            "lora.targets: " + target + " is no regular expression: " + wrong.getDescription(),
            wrong);
      }
    }
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("lora." + key + " = " + value + ": want " + rule);
    }
  }

  /** What the product B A is multiplied by. */
  public double scale() {
    return alpha / rank;
  }

  /** Whether a parameter gets an adapter. */
  boolean adapts(ParameterLayout.Parameter parameter) {
    boolean linear = parameter.matrix() && parameter.name().endsWith(".weight");
    boolean norm = parameter.name().endsWith("norm.weight");
    return linear
        && !norm
        && targets.stream().anyMatch(t -> Pattern.compile(t).matcher(parameter.name()).find());
  }
}
