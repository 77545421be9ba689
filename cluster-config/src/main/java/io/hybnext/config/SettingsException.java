package io.hybnext.config;

/** Settings that cannot be used. The message is for people: key, value, where, and the rule. */
public final class SettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * Creates the exception.
   *
   * @param key the setting's full name, e.g. {@code training.steps}; empty when the file as a whole
   *     cannot be read
   * @param message the whole sentence
   */
  public SettingsException(String key, String message) {
    super(message);
    this.key = key;
  }

  /** The setting's full name, or empty. */
  public String key() {
    return key;
  }
}
