package io.hybnext.ops.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.config.DataSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.model.encoder.EncoderFolder;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.ops.cli.FailureRenderer;
import io.hybnext.ops.home.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks whether images and networks that the settings name are there and whole. */
final class AssetCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DataSettings data;
  private final Home home;

  AssetCheck(HybnextSettings settings, Home home) {
    this.data = settings.data();
    this.home = home;
  }

  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.add(images());
    findings.add(network("tokenizer", "data.tokenizer", data.tokenizer(), Checkpoint::open));
    findings.add(network("teacher", "data.encoder", data.encoder(), EncoderFolder::openWeights));
    findings.add(
        network("evaluator", "data.evaluator", data.evaluator(), EncoderFolder::openWeights));
    return findings;
  }

  private Finding images() {
    if (data.isServer()) {
      return Finding.ok("images", "server " + data.source() + ", not asked here");
    }
    try {
      Path source = home.resolve("data.source", data.source());
      if (Files.isDirectory(source)) {
        return Finding.ok("images", "folder " + source);
      }
      return manifest(source);
    } catch (SettingsException | IOException absent) {
      return Finding.broken(
          "images", FailureRenderer.sentence(absent), "check data.source, or clone again");
    }
  }

  private static Finding manifest(Path manifest) throws IOException {
    List<String> lines = Files.readAllLines(manifest);
    long missing = 0;
    for (String line : lines) {
      JsonNode image = JSON.readTree(line).path("image");
      if (!image.isTextual() || !Files.isRegularFile(manifest.resolveSibling(image.asText()))) {
        missing++;
      }
    }
    return missing == 0
        ? Finding.ok("images", lines.size() + " listed in " + manifest)
        : Finding.broken(
            "images",
            missing + " of " + lines.size() + " images of " + manifest + " are not there",
            "restore them (git checkout), or check data.source");
  }

  private Finding network(String name, String key, String value, WeightsOf weights) {
    try {
      try (Checkpoint file = weights.open(home.resolve(key, value))) {
        return Finding.ok(name, file.names().size() + " tensors in " + file.path());
      }
    } catch (SettingsException | IOException damage) {
      return Finding.broken(
          name,
          FailureRenderer.sentence(damage),
          "check " + key + ", or restore the file (git checkout)");
    }
  }

  /** Opens the weights of a network's folder. */
  private interface WeightsOf {
    Checkpoint open(Path folder) throws IOException;
  }
}
