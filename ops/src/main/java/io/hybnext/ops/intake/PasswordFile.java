package io.hybnext.ops.intake;

import io.hybnext.config.SettingsException;
import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Passwords lie in files, so that settings may be shown. */
final class PasswordFile {
  private PasswordFile() {}

  /**
   * What a file holds, without space around it.
   *
   * @param key the setting that names it, for the message
   * @param file empty for no password
   * @throws SettingsException when it cannot be read
   */
  static String read(String key, String file) {
    if (file.isEmpty()) {
      return "";
    }
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException error) {
      throw new SettingsException(key, key + ": " + FileFailure.explain(error));
    }
  }
}
