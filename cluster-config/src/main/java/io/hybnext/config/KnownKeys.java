package io.hybnext.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Refuses keys that reference.conf does not have, and names the nearest that it has. */
final class KnownKeys {
  private KnownKeys() {}

  static void check(Config own, Config reference) {
    Set<String> known = keys(reference);
    for (Map.Entry<String, ConfigValue> entry : own.entrySet()) {
      String key = plain(entry.getKey());
      if (!known.contains(key)) {
        throw new SettingsException(
            key,
            key
                + " = "
                + entry.getValue().unwrapped()
                + SettingsReader.where(entry.getValue())
                + ": there is no such setting; the nearest is "
                + nearest(key, known));
      }
    }
  }

  /** Full names of all settings. */
  static Set<String> keys(Config config) {
    Set<String> keys = new TreeSet<>();
    config.entrySet().forEach(entry -> keys.add(plain(entry.getKey())));
    return keys;
  }

  private static String plain(String path) {
    return String.join(".", ConfigUtil.splitPath(path));
  }

  /** Compares whole names, and last parts alone for a name without its section. */
  private static String nearest(String key, Set<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
        .orElseThrow();
  }

  private static int distance(String key, String candidate) {
    int whole = 2 * editDistance(key, candidate);
    int last = 2 * editDistance(last(key), last(candidate)) + 1;
    return Math.min(whole, last);
  }

  private static String last(String key) {
    List<String> parts = List.of(key.split("\\."));
    return parts.isEmpty() ? key : parts.get(parts.size() - 1);
  }

  /** Levenshtein distance. */
  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
