package io.hybnext.ops.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What may not change any more once a run has checkpoints: the maths of its steps. */
final class FixedSettings {
  private static final List<String> SECTIONS =
      List.of("model.", "arra.", "lora.", "optimiser.", "training.", "trainers.");

  /** Settings of these sections that decide how a run goes on, not what it computes. */
  private static final List<String> FREE =
      List.of(
          "training.checkpoint-every",
          "training.checkpoint-keep",
          "training.recompute",
          "trainers.count",
          "trainers.heap");

  private FixedSettings() {}

  /**
   * Checks that a run may go on with these settings.
   *
   * @param before what its checkpoints were made with
   * @param folder of the run, for the message
   * @throws SettingsException that names every setting that changed
   */
  static void check(RunFile before, RunFile now, Path folder) {
    HybnextSettings old = before.effective();
    List<String> changes = new ArrayList<>();
    if (!Fingerprints.settings(old).equals(Fingerprints.settings(now.effective()))) {
      changes.addAll(changes(before.settings(), now.settings()));
    }
    if (before.codebookSize() != now.codebookSize()
        || before.tokensPerImage() != now.tokensPerImage()) {
      changes.add("data.tokenizer names another tokenizer (the run has " + old.data().tokenizer());
    }
    if (before.featureDim() != now.featureDim()) {
      changes.add("data.encoder names another encoder (the run has " + old.data().encoder());
    }
    if (!changes.isEmpty()) {
      throw new SettingsException(
          changes.get(0).substring(0, changes.get(0).indexOf(' ')),
          String.join("), ", changes)
              + "): the checkpoints in "
              + folder
              + " cannot be gone on with like that; use the settings of then, or another"
              + " run.folder");
    }
  }

  /** {@code model.depth = 3 (the run has 2}, for each that differs. */
  private static List<String> changes(String before, String now) {
    Config old = ConfigFactory.parseString(before);
    List<String> changes = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> entry : ConfigFactory.parseString(now).entrySet()) {
      String key = entry.getKey();
      boolean fixed = SECTIONS.stream().anyMatch(key::startsWith) && !FREE.contains(key);
      Object value = entry.getValue().unwrapped();
      Object was = old.hasPath(key) ? old.getValue(key).unwrapped() : "none";
      if (fixed && !value.equals(was)) {
        changes.add(key + " = " + value + " (the run has " + was);
      }
    }
    changes.sort(null);
    return changes;
  }
}
