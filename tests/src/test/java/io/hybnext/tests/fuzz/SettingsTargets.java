package io.hybnext.tests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.encoder.EncoderConfig;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.published.Hints;
import io.hybnext.model.published.PublishedModels;
import io.hybnext.model.text.TextTokenizer;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Settings beside weights, text tokenizers, and settings of a run. */
final class SettingsTargets {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names that tokenizers know, so that one kind is mistaken for another. */
  private static final List<String> TEXT_WORDS =
      List.of(
          "\"type\":\"Sequence\",",
          "\"type\":\"ByteLevel\",",
          "\"BPE\"",
          "\"Unigram\"",
          "\"WordLevel\"",
          "\"Metaspace\"",
          "\"Precompiled\"",
          "\"Split\"",
          "\"NFKC\"",
          "\"TemplateProcessing\"",
          "\"Sequence\":{\"id\":\"B\",\"type_id\":0}");

  /** A small tokenizer as Qwen's and Chameleon's are: byte-level BPE behind a pattern. */
  private static final String BPE =
      "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[{\"id\":6,"
          + "\"content\":\"<s>\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
          + "\"normalized\":false,\"special\":true}],\"normalizer\":{\"type\":\"NFC\"},"
          + "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[a-z]+|"
          + " ?[0-9]{1,3}\"},\"behavior\":\"Isolated\",\"invert\":false},"
          + "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,"
          + "\"use_regex\":false}]},\"post_processor\":{\"type\":\"ByteLevel\","
          + "\"add_prefix_space\":false,\"trim_offsets\":false,\"use_regex\":false},\"decoder\":null,"
          + "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,"
          + "\"continuing_subword_prefix\":\"\",\"end_of_word_suffix\":\"\",\"fuse_unk\":false,"
          + "\"byte_fallback\":false,\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"\u0120\":4,"
          + "\"abc\":5},\"merges\":[[\"a\",\"b\"],[\"ab\",\"c\"]]}}";

  private static final List<Class<? extends Throwable>> SENTENCES =
      List.of(IOException.class, UncheckedIOException.class, IllegalArgumentException.class);

  private final Path golden;
  private final Path root;
  private final Path folder;

  SettingsTargets(Path root, Path folder) {
    this.golden = root.resolve("tests/golden");
    this.root = root;
    this.folder = folder;
  }

  List<FuzzTarget> all() throws IOException {
    List<FuzzTarget> all = new ArrayList<>();
    all.add(config("llamagen-c2i", "llamagen-c2i", "model.safetensors", ""));
    all.add(config("llamagen-t2i", "llamagen-t2i", "model.safetensors", ""));
    all.add(config("llamagen-vq", "llamagen-vq", "model.safetensors", ""));
    all.add(config("chameleon", "chameleon-arra", "model.safetensors", ""));
    all.add(config("chameleon-vq", "chameleon-vq", "model.safetensors", ""));
    all.add(config("biomedclip", "encoder-biomedclip", "model.safetensors", "/open_clip"));
    all.add(
        config(
            "biomedclip-hf", "encoder-biomedclip", "model_hf.safetensors", "/transformers_port"));
    all.add(config("clip", "encoder-clip-l", "model.safetensors", ""));
    all.add(tokenizerSettings());
    all.add(kelixTokSettings());
    all.add(encoderSettings());
    all.add(preprocessor());
    all.add(textTokenizer());
    all.add(runSettings());
    return all;
  }

  /** A model's own settings: those of a checkpoint that is recognised. */
  private FuzzTarget config(String kind, String name, String weights, String part)
      throws IOException {
    Path source = golden.resolve(name).resolve(weights);
    Path file = folder.resolve("config.json");
    return FuzzTarget.of(
        "config.json of " + kind,
        List.of(JSON.writeValueAsBytes(part(name, part))),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(file, input);
          JsonNode json = SettingsFile.read(file);
          try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Hints hints = new Hints(Optional.of(json), OptionalInt.empty());
            PublishedModels.identify(checkpoint, Optional.of(kind), hints).check(checkpoint);
          }
        },
        SENTENCES);
  }

  private JsonNode part(String name, String part) throws IOException {
    return JSON.readTree(golden.resolve(name).resolve("config.json").toFile()).at(part);
  }

  private FuzzTarget tokenizerSettings() throws IOException {
    Path file = folder.resolve("vq.json");
    return FuzzTarget.of(
        "settings of image tokenizers",
        List.of(
            JSON.writeValueAsBytes(part("llamagen-vq", "")),
            JSON.writeValueAsBytes(part("chameleon-vq", ""))),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(file, input);
          VqConfig.read(file).toJson();
        },
        SENTENCES);
  }

  private FuzzTarget kelixTokSettings() throws IOException {
    Path file = folder.resolve("kelix.json");
    return FuzzTarget.of(
        "settings of Kelix-Tok",
        List.of(JSON.writeValueAsBytes(part("kelix-tok", "/tokenizer_config"))),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(file, input);
          KelixTokConfig.fromJson(SettingsFile.read(file)).toJson();
        },
        SENTENCES);
  }

  private FuzzTarget encoderSettings() throws IOException {
    Path file = folder.resolve("encoder.json");
    return FuzzTarget.of(
        "settings of convolutional encoders",
        List.of(EncoderConfig.teacher().toJson(), EncoderConfig.evaluator().toJson()),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(file, input);
          EncoderConfig.read(file).toJson();
        },
        SENTENCES);
  }

  private FuzzTarget preprocessor() throws IOException {
    Path encoder = Files.createDirectories(folder.resolve("clip"));
    Files.copy(
        golden.resolve("encoder-clip-l/model.safetensors"), encoder.resolve("model.safetensors"));
    Files.copy(golden.resolve("encoder-clip-l/config.json"), encoder.resolve("config.json"));
    String sound =
        "{\"do_resize\":true,\"do_rescale\":true,\"do_normalize\":true,\"size\":{\"shortest_edge\":"
            + part("encoder-clip-l", "").path("image_size").asInt()
            + "},\"image_mean\":[0.5,0.4,0.3],\"image_std\":[0.2,0.2,0.2],\"resample\":3}";
    return FuzzTarget.of(
        "preprocessor_config.json",
        List.of(sound.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(encoder.resolve("preprocessor_config.json"), input);
          VisionEncoder.open(TorchEngine.start(ComputeDevice.CPU, 1), encoder).close();
        },
        SENTENCES);
  }

  private FuzzTarget textTokenizer() throws IOException {
    Path sound = root.resolve("model/src/test/resources/io/hybnext/model/text/tokenizer.json");
    Path text = Files.createDirectories(folder.resolve("text"));
    return FuzzTarget.of(
        "tokenizer.json",
        List.of(Files.readAllBytes(sound), BPE.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        Stream.concat(FuzzTarget.JSON_WORDS.stream(), TEXT_WORDS.stream()).toList(),
        input -> {
          Files.write(text.resolve("tokenizer.json"), input);
          try (TextTokenizer tokenizer = TextTokenizer.open(text, 32)) {
            tokenizer.encode("chest x-ray, abc \u80ba \ud83e\ude7b");
            tokenizer.encodeBare("AP view");
          }
        },
        SENTENCES);
  }

  private FuzzTarget runSettings() throws IOException {
    Path file = folder.resolve("run.conf");
    Path profiles = root.resolve("cluster-config/src/main/resources/io/hybnext/config/profiles");
    return FuzzTarget.of(
        "settings of a run",
        List.of(
            Files.readAllBytes(profiles.resolve("demo.conf")),
            Files.readAllBytes(profiles.resolve("arra-adapt.conf"))),
        List.of(
            "{",
            "}",
            "[",
            "]",
            "=",
            "+=",
            "\"",
            "\"\"\"",
            "${a}",
            "include \"b\"",
            "\n",
            "#",
            "-1"),
        input -> {
          Files.write(file, input);
          HybnextSettings.load(file);
        },
        List.of(SettingsException.class, CheckpointException.class));
  }
}
