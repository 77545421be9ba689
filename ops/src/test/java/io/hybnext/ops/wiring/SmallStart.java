package io.hybnext.ops.wiring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.HostTensor;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.TensorType;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A small Chameleon as an import leaves it, for runs that start from one. */
final class SmallStart {
  static final int CODES = 16;
  static final int TOKENS = 16;
  static final int FEATURES = 8;

  private SmallStart() {}

  /** Writes config.json, tokenizer.json and weights whose head counts up from 1. */
  static void write(TorchEngine engine, Path folder) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = json.createObjectNode();
    config.put("model_type", "chameleon").put("vocab_size", 60).put("hidden_size", 32);
    config.put("intermediate_size", 48).put("num_hidden_layers", 2).put("num_attention_heads", 2);
    config.put("max_position_embeddings", 64);
    ObjectNode ids = config.putObject("vocabulary_map");
    ids.put("<s>", 0).put("<racm3:break>", 41).put("<eoss>", 40);
    for (int code = 0; code < CODES; code++) {
      String digits = Integer.toString(code);
      StringBuilder name = new StringBuilder("IMGIMG");
      digits.chars().forEach(digit -> name.append((char) ('A' + digit - '0')));
      ids.put(name.append("Z").toString(), 4 + (code * 7) % CODES); // permuted
    }
    ids.put("<reserved08706>", 42).put("<reserved08799>", 43);
    for (int units = 0; units <= 2; units++) {
      ids.put("<reserved0880" + units + ">", 44 + units);
    }
    json.writeValue(folder.resolve("config.json").toFile(), config);
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "<unk>",
                   "vocab": {"<unk>": 3, "chest": 50, "view": 51}}}
        """);
    TrainingConfig training = config(folder, Map.of());
    try (ArraTraining other = new ArraTraining(engine, training)) {
      other.initialise();
      FloatBuffer head = other.weights().parameter("lm_head.weight").asFloatBuffer();
      for (int i = 0; i < head.capacity(); i++) {
        head.put(i, i + 1);
      }
      write(other, folder);
    }
  }

  private static void write(ArraTraining other, Path folder) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (HostTensor tensor : other.tensors()) {
      if (!tensor.name().startsWith("adaptor")) {
        long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
        writer.add(tensor.name(), TensorType.F32, shape, tensor::data);
      }
    }
    writer.write(folder.resolve("model.safetensors"));
  }

  /** A run from this folder. */
  static TrainingConfig config(Path folder, Map<String, String> more) {
    return TrainingConfigs.of(settings(folder, more), CODES, TOKENS, FEATURES);
  }

  /** Its settings. */
  static HybnextSettings settings(Path folder, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("model.network", "chameleon");
    settings.put("model.start", folder.toString());
    settings.put("model.depth", "2");
    settings.put("model.width", "32");
    settings.put("model.heads", "2");
    settings.putAll(more);
    HybnextSettings defaults = HybnextSettings.load(HybnextSettings.Source.profile(""));
    return defaults.with(settings);
  }
}
