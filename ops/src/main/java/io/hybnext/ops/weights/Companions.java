package io.hybnext.ops.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files that belong to weights: how texts become ids, how images become pixels. */
final class Companions {
  private static final List<String> NAMES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "generation_config.json",
          "preprocessor_config.json");

  private Companions() {}

  /** Copies those of a folder that are there and not yet at the target, unchanged. */
  static void copy(Path from, Path to) throws IOException {
    for (String name : NAMES) {
      if (Files.isRegularFile(from.resolve(name)) && !Files.exists(to.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    }
  }
}
