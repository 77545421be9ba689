package io.hybnext.config;

import java.nio.file.Path;

/**
 * The {@code run} section of reference.conf. Where a run leaves its files.
 *
 * @param folder absolute folder of checkpoints, samples, logs and report
 */
public record RunSettings(Path folder) {

  /** Checks every value. */
  public RunSettings {
    Rule.check(folder.isAbsolute(), "run.folder", folder, "an absolute path");
  }
}
