package io.hybnext.ops.cli;

import io.hybnext.config.HybnextSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that choose settings: {@code -c}, {@code --profile}, {@code --set}. */
public final class SettingsOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Settings that differ from the defaults (HOCON; see reference.conf).")
  private Path file;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Ready-made settings below the file: local, machines, demo.")
  private String profile = "";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, above the file; repeat for more, e.g. --set training.steps=500.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  /** Whether a file or a profile was named. */
  public boolean given() {
    return file != null || !profile.isEmpty();
  }

  /**
   * Reads and checks the settings.
   *
   * @throws io.hybnext.config.SettingsException when they cannot be used
   */
  public HybnextSettings load() {
    return load(profile, Map.of());
  }

  /**
   * Reads and checks the settings.
   *
   * @param otherwise profile when none was given
   * @param more values that win over file and {@code --set}
   */
  public HybnextSettings load(String otherwise, Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(overrides);
    all.putAll(more);
    return HybnextSettings.load(
        new HybnextSettings.Source(
            profile.isEmpty() ? otherwise : profile, file, all, Path.of("")));
  }
}
