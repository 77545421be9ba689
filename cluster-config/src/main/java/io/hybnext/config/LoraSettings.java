package io.hybnext.config;

import java.util.List;

/**
 * The {@code lora} section of reference.conf. Low-rank adapters instead of the network.
 *
 * @param rank of the adapters; 0 trains the network itself
 * @param alpha their product counts alpha / rank times
 * @param targets regular expressions of the keys of the matrices that get one
 */
public record LoraSettings(int rank, double alpha, List<String> targets) {

  /** Checks every value. */
  public LoraSettings {
    targets = List.copyOf(targets);
    Rule.between("lora.rank", rank, 0, 4096);
    Rule.aboveUpTo("lora.alpha", alpha, 0, 65536);
    Rule.check(
        rank == 0 || !targets.isEmpty(), "lora.targets", targets, "at least one when rank > 0");
  }

  /** Whether adapters are trained. */
  public boolean on() {
    return rank > 0;
  }
}
