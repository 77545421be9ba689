package io.hybnext.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.network.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Set;

/**
 * Which feature is taken from a vision transformer. A released checkpoint does not say, so a file
 * {@code hybnext.json} beside it may: {@code {"aggregation": "patch-mean", "projected": false}}.
 *
 * @param aggregation of the tokens
 * @param projected whether the network's own projection follows, on each part
 */
public record FeatureSettings(Aggregation aggregation, boolean projected) {
  /** What the paper's scripts store: the projected class token. */
  public static final FeatureSettings DEFAULT = new FeatureSettings(Aggregation.CLASS_TOKEN, true);

  private static final String FILE = "hybnext.json";
  private static final Set<String> KEYS = Set.of("aggregation", "projected");

  /**
   * Reads the file of a folder; the default where it is absent.
   *
   * @throws IOException with a sentence when the file holds something else
   */
  static FeatureSettings read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return DEFAULT;
    }
    JsonNode json = SettingsFile.read(file);
    for (Iterator<String> keys = json.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!KEYS.contains(key)) {
        throw new IOException(file + ": unknown key '" + key + "'; want aggregation or projected");
      }
    }
    try {
      return new FeatureSettings(
          Aggregation.parse(json.path("aggregation").asText(DEFAULT.aggregation.setting())),
          json.path("projected").asBoolean(DEFAULT.projected));
    } catch (IllegalArgumentException wrong) {
      throw new IOException(file + ": " + wrong.getMessage(), wrong);
    }
  }

  /** Length of the feature of a network. */
  int length(int width, int projectionDim) {
    int part = projected ? projectionDim : width;
    return aggregation == Aggregation.CLASS_TOKEN_AND_PATCH_MEAN ? 2 * part : part;
  }
}
