package io.hybnext.ops.run;

import io.hybnext.config.HybnextSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
    boolean cosine = o.schedule() == io.hybnext.config.OptimiserSettings.Schedule.COSINE;
    String text =
        String.join(
            "\n",
            "hybnext-settings-1",
            s.model().toString(),
            s.arra().toString(),
            o.toString(),
            Long.toString(t.seed()),
            t.globalBatch() + " in " + t.microshards(),
            cosine ? "steps " + t.steps() : "",
            s.trainers().precision().toString(),
            "threads " + s.trainers().threads(),
            s.trainers().device().startsWith("cuda") ? "cuda" : "cpu");
    return sha256(text);
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
