package io.hybnext.ops.home;

import io.hybnext.config.SettingsException;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The folder of this copy of Hybnext; the launcher names it in {@code hybnext.home}. */
public final class Home {
  private static final String BUNDLED = "bundled:";
  private static final String SAMPLE = "sample";

  private final Path folder;

  private Home(Path folder) {
    this.folder = folder;
  }

  /**
   * The copy that runs now.
   *
   * @throws CommandFailure when the program was not started by {@code ops/hybnext}
   */
  public static Home current() {
    String home = System.getProperty("hybnext.home", System.getProperty("hybnext.root"));
    if (home == null) {
      throw new CommandFailure("hybnext.home is not set; start Hybnext with ops/hybnext");
    }
    return new Home(Path.of(home));
  }

  /** A copy at a given place. */
  public static Home at(Path folder) {
    return new Home(folder);
  }

  /** Its root folder. */
  public Path folder() {
    return folder;
  }

  /** The manifest of the bundled X-rays. */
  public Path sampleManifest() {
    return folder.resolve("ops").resolve(SAMPLE).resolve("manifest.jsonl");
  }

  /**
   * What a setting like {@code data.source} or {@code data.tokenizer} points at.
   *
   * @param key the setting's name, for the message
   * @param value {@code bundled:NAME} or a path
   * @return a file or folder that exists
   * @throws SettingsException when there is no such thing
   */
  public Path resolve(String key, String value) {
    Path path;
    if (value.startsWith(BUNDLED)) {
      String name = value.substring(BUNDLED.length());
      path = name.equals(SAMPLE) ? sampleManifest() : asset(name);
    } else {
      path = Path.of(value).toAbsolutePath();
    }
    if (!Files.exists(path)) {
      throw new SettingsException(
          key, key + " = " + value + ": want something that exists; there is no " + path);
    }
    return path;
  }

  /** Folder of a bundled network. */
  public Path asset(String name) {
    return folder.resolve("ops").resolve("assets").resolve(name);
  }

  /** Short commit of the source, with {@code +} for changes on top; empty without git. */
  public String commit() {
    String commit = git("rev-parse", "--short=12", "HEAD");
    if (commit.isEmpty()) {
      return "";
    }
    return git("status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + "+";
  }

  private String git(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean done = git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0;
      return done ? answer.strip() : "";
    } catch (IOException absent) {
      return "";
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
