package io.hybnext.config;

import java.nio.file.Path;

/**
 * The {@code run} section of reference.conf. Where a run leaves its files.
 *
 * @param folder absolute folder of checkpoints, samples, logs and report
 * @param logFormat of the lines in {@code logs}
 */
public record RunSettings(Path folder, LogFormat logFormat) {

  /** How log lines look. */
  public enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /** Checks every value. */
  public RunSettings {
    Rule.check(folder.isAbsolute(), "run.folder", folder, "an absolute path");
  }
}
