package io.hybnext.tests.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A BioMedCLIP of random weights in one folder, as open_clip lays it out: both reference cases. */
public final class TinyClip {
  private static final Path ROOT = Path.of(System.getProperty("hybnext.root"));
  private static final Path CASES = ROOT.resolve("tests/golden");
  private static final String TOKENIZER =
      "model/src/test/resources/io/hybnext/model/text/tokenizer.json";
  private static final String IMAGES = "encoder-biomedclip";
  private static final String TEXTS = "encoder-biomedclip-text";

  private TinyClip() {}

  /** Writes settings, weights and tokenizer into a new folder. */
  public static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    ObjectNode config = settings(IMAGES);
    ObjectNode text = settings(TEXTS);
    ((ObjectNode) config.path("model_cfg")).set("text_cfg", text.at("/model_cfg/text_cfg"));
    config.set("_text", text.path("_text"));
    Files.writeString(folder.resolve("open_clip_config.json"), config.toString());
    SafetensorsWriter weights = new SafetensorsWriter();
    for (String name : List.of(IMAGES, TEXTS)) {
      try (SafetensorsFile file =
          SafetensorsFile.open(CASES.resolve(name).resolve("model.safetensors"))) {
        for (String key : file.names()) {
          weights.floats(key, file.floats(key), file.entry(key).shape());
        }
      }
    }
    weights.write(folder.resolve("open_clip_model.safetensors"));
    Files.copy(ROOT.resolve(TOKENIZER), folder.resolve("tokenizer.json"));
  }

  private static ObjectNode settings(String name) throws IOException {
    Path file = CASES.resolve(name).resolve("config.json");
    JsonNode config = new ObjectMapper().readTree(file.toFile());
    return (ObjectNode) config.path("open_clip");
  }
}
