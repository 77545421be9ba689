package io.hybnext.model.training;

import io.hybnext.model.lora.LoraConfig;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which part of a network is trained.
 *
 * @param frozen regular expressions; parameters whose key one of them finds something in stay as
 *     they are: their gradient counts as zero and nothing decays
 * @param lora adapters that are trained instead of the network; empty to train the network itself
 */
public record Tuning(List<String> frozen, Optional<LoraConfig> lora) {
  /** Everything is trained. */
  public static final Tuning ALL = new Tuning(List.of(), Optional.empty());

  /**
   * Checks the patterns.
   *
   * @throws IllegalArgumentException naming one that is none
   */
  public Tuning {
    frozen = List.copyOf(frozen);
    for (String pattern : frozen) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException wrong) {
        throw new IllegalArgumentException(
            "training.frozen: " + pattern + " is no regular expression: " + wrong.getDescription(),
            wrong);
      }
    }
  }

  /** Whether a parameter stays as it is. */
  public boolean freezes(String name) {
    return frozen.stream().anyMatch(pattern -> Pattern.compile(pattern).matcher(name).find());
  }
}
