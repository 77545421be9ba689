package io.hybnext.ops.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.Sha256;
import io.hybnext.image.Image;
import io.hybnext.model.tokenizer.training.SourceImage;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.item.QuarantineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The images of a folder with a {@code manifest.jsonl}, by split, in the order of the manifest.
 *
 * @param bySplit items by the manifest's field {@code split}
 * @param sha256 of the manifest's bytes followed by those of each image file in order, in hex
 */
public record ImageCollection(Map<String, List<Item>> bySplit, String sha256) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One line of the manifest.
   *
   * @param image decoded
   * @param fields the whole line
   */
  public record Item(SourceImage image, JsonNode fields) {}

  /**
   * Reads all images into memory, at their own sizes.
   *
   * @param channels 1 grey or 3 RGB; images are converted
   * @throws CommandFailure when the manifest or an image cannot be used, naming line and file
   */
  public static ImageCollection read(Path folder, int channels) throws IOException {
    Path manifest = folder.resolve("manifest.jsonl");
    byte[] bytes = Files.readAllBytes(manifest);
    Sha256 digest = new Sha256().add(bytes);
    Map<String, List<Item>> bySplit = new TreeMap<>();
    ImageFit fit = ImageFit.centreSquare(1, channels); // for the channels only
    int number = 0;
    try (ImageDecoder decoder = new ImageDecoder()) {
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        JsonNode item = item(manifest, number, line);
        Path file = folder.resolve(item.get("image").asText());
        byte[] encoded = Files.readAllBytes(file);
        digest.add(encoded);
        bySplit
            .computeIfAbsent(item.get("split").asText(), split -> new ArrayList<>())
            .add(new Item(decode(decoder, fit, file, encoded), item));
      }
    }
    return new ImageCollection(bySplit, digest.hex());
  }

  /** The images of one split; empty when there is none of that name. */
  public List<SourceImage> split(String name) {
    return items(name).stream().map(Item::image).toList();
  }

  /** The lines of one split with their images; empty when there is none of that name. */
  public List<Item> items(String name) {
    return bySplit.getOrDefault(name, List.of());
  }

  private static JsonNode item(Path manifest, int number, String line) {
    try {
      JsonNode item = JSON.readTree(line);
      if (item.path("image").isTextual()
          && item.path("split").isTextual()
          && !item.get("image").asText().contains("..")) {
        return item;
      }
    } catch (JsonProcessingException notJson) {
      // the sentence below says what is wanted
    }
    throw new CommandFailure(
        manifest
            + " line "
            + number
            + ": want a JSON object with fields image (a path in the folder) and split");
  }

  private static SourceImage decode(ImageDecoder decoder, ImageFit fit, Path file, byte[] encoded) {
    try {
      Image image = fit.withChannels(decoder.decode(encoded, ImageHeader.of(encoded)));
      return new SourceImage(image.width(), image.height(), image.channels(), image.pixels());
    } catch (QuarantineException unusable) {
      throw new CommandFailure(file + ": " + unusable.getMessage(), unusable);
    }
  }
}
