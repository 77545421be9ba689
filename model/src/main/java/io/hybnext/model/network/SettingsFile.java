package io.hybnext.model.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON settings that lie beside weights. */
public final class SettingsFile {
  private static final long LONGEST_BYTES = 256L << 20; // vocabularies are tens of MiB
  private static final ObjectMapper JSON = new ObjectMapper();

  private SettingsFile() {}

  /**
   * A file that holds one JSON object.
   *
   * @throws IOException with a sentence when it does not, or cannot be read
   */
  public static ObjectNode read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is missing, the settings that belong beside the weights");
    }
    if (Files.size(file) > LONGEST_BYTES) {
      throw new IOException(
          file + " has " + Files.size(file) + " bytes: want settings of at most " + LONGEST_BYTES);
    }
    try {
      if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode json) {
        return json;
      }
      throw new IOException(file + ": want one JSON object");
    } catch (JsonProcessingException damaged) {
      String reason = damaged.getOriginalMessage().lines().findFirst().orElse("");
      throw new IOException(file + " is not JSON: " + reason, damaged);
    } catch (CharConversionException damaged) {
      throw new IOException(file + " is not JSON: " + damaged.getMessage(), damaged);
    }
  }
}
