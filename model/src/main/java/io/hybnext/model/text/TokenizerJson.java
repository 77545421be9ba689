package io.hybnext.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes the settings of a text tokenizer safe for the native library, which ends the whole process
 * over some that it does not expect. What is not used here is taken out: ids are never turned into
 * text, texts are never padded. References that the library follows without looking are checked.
 */
final class TokenizerJson {
  private final Path file;
  private final ObjectNode json;

  TokenizerJson(Path file, ObjectNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * The settings to hand on.
   *
   * @param mostTokens texts are cut to
   * @throws IOException with a sentence when a reference leads nowhere
   */
  ObjectNode safe(int mostTokens) throws IOException {
    if (!json.path("model").isObject()) {
      throw wrong("it has no \"model\"");
    }
    String direction = json.path("truncation").path("direction").asText("Right");
    json.remove("decoder");
    json.remove("padding");
    json.putObject("truncation")
        .put("direction", direction)
        .put("max_length", mostTokens)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    templates(json.path("post_processor"));
    merges(json.path("model"));
    return json;
  }

  private void templates(JsonNode processor) throws IOException {
    for (JsonNode part : processor.path("processors")) {
      templates(part);
    }
    for (JsonNode piece : processor.path("single")) {
      JsonNode token = piece.path("SpecialToken").path("id");
      if (!token.isMissingNode() && !processor.path("special_tokens").has(token.asText())) {
        throw wrong("its template names " + token + ", which is none of its special_tokens");
      }
      JsonNode text = piece.path("Sequence").path("id");
      if (!text.isMissingNode() && !text.asText().equals("A")) {
        throw wrong("its template for one text names another, " + text);
      }
    }
  }

  /** The library cuts the prefix off the right part of a merge, whether it is there or not. */
  private void merges(JsonNode model) throws IOException {
    String prefix = model.path("continuing_subword_prefix").asText("");
    if (prefix.isEmpty() || prefix.equals("null")) {
      return;
    }
    for (JsonNode merge : model.path("merges")) {
      String right =
          merge.isArray()
              ? merge.path(1).asText()
              : merge.asText().substring(merge.asText().indexOf(' ') + 1);
      if (!right.startsWith(prefix)) {
        throw wrong("the merge " + merge + " does not continue a word with " + prefix);
      }
    }
  }

  private IOException wrong(String what) {
    return new IOException(file + " is no tokenizer: " + what);
  }
}
