package io.hybnext.model.encoder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files of an encoder's folder. */
final class ConfigFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigFile() {}

  /**
   * A file that holds one JSON object.
   *
   * @throws IOException with a sentence when it does not
   */
  static JsonNode read(Path file) throws IOException {
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      if (json != null && json.isObject()) {
        return json;
      }
      throw new IOException(file + ": want one JSON object");
    } catch (JsonProcessingException damaged) {
      throw new IOException(file + " is not JSON: " + damaged.getOriginalMessage(), damaged);
    }
  }
}
