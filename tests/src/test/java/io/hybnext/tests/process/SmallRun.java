package io.hybnext.tests.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Settings of a run of one trainer and a network of one small block, which ends in a moment. */
final class SmallRun {
  private SmallRun() {}

  /**
   * They, as {@code key=value}.
   *
   * @param steps of the run, behind which is a checkpoint; an even number
   * @param more settings
   */
  static List<String> settings(Path run, Path source, Path store, int steps, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "run.folder=" + run,
                "data.source=" + source,
                "data.store=" + store,
                "data.tokenizer=bundled:tokenizer-f16",
                "model.depth=1",
                "model.width=16",
                "model.heads=2",
                "optimiser.warmup-steps=1",
                "training.steps=" + steps,
                "training.global-batch=4",
                "training.microshards=2",
                "training.checkpoint-every=2",
                "trainers.heap=256 MiB",
                "trainers.count=1"));
    settings.addAll(List.of(more));
    return settings;
  }
}
