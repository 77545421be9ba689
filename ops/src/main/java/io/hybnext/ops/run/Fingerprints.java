package io.hybnext.ops.run;

import io.hybnext.config.ExchangeSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.OptimiserSettings;
import io.hybnext.file.Sha256;

/** Hashes that tell whether a checkpoint can be gone on from with the same bytes. */
final class Fingerprints {
  private Fingerprints() {}

  /**
   * Over the settings that decide what a step computes. Not the number of trainers, which must not
   * matter, nor how often checkpoints are written; the number of steps only where the learning rate
   * depends on it.
   */
  static String settings(HybnextSettings s) {
    var o = s.optimiser();
    var t = s.training();
    boolean cosine = o.schedule() == OptimiserSettings.Schedule.COSINE;
    String text =
        String.join(
            "\n",
            "hybnext-settings-1",
            s.model().toString(),
            s.arra().toString(),
            text(o),
            Long.toString(t.seed()),
            t.globalBatch() + " in " + t.microshards(),
            cosine ? "steps " + t.steps() : "",
            s.trainers().precision().toString(),
            "threads " + s.trainers().threads(),
            s.trainers().device().startsWith("cuda") ? "cuda" : "cpu");
    String part = s.lora().on() ? "\n" + s.lora() : "";
    part += t.frozen().isEmpty() ? "" : "\nfrozen " + t.frozen();
    part += s.exchange().wire() == ExchangeSettings.Wire.BF16 ? "\nwire bf16" : "";
    return new Sha256().add(text + part).hex();
  }

  /** As releases that knew neither decay nor re-warming wrote it, where neither is used. */
  private static String text(OptimiserSettings o) {
    String all = o.toString();
    boolean plain = o.schedule() != OptimiserSettings.Schedule.WSD && o.rewarmSteps() == 0;
    return plain ? all.substring(0, all.indexOf(", decaySteps=")) + "]" : all;
  }
}
