package io.hybnext.ops.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.model.tokenizer.training.SourceImage;
import io.hybnext.ops.cli.CommandFailure;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

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
   * Reads all images into memory.
   *
   * @throws CommandFailure when the manifest or an image cannot be used, naming line and file
   */
  public static ImageCollection read(Path folder) throws IOException {
    Path manifest = folder.resolve("manifest.jsonl");
    byte[] bytes = Files.readAllBytes(manifest);
    MessageDigest digest = newDigest();
    digest.update(bytes);
    Map<String, List<Item>> bySplit = new TreeMap<>();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      JsonNode item = item(manifest, number, line);
      Path file = folder.resolve(item.get("image").asText());
      byte[] encoded = Files.readAllBytes(file);
      digest.update(encoded);
      bySplit
          .computeIfAbsent(item.get("split").asText(), split -> new ArrayList<>())
          .add(new Item(decode(file, encoded), item));
    }
    return new ImageCollection(bySplit, HexFormat.of().formatHex(digest.digest()));
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

  private static SourceImage decode(Path file, byte[] encoded) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(encoded));
    if (image == null || image.getType() != BufferedImage.TYPE_BYTE_GRAY) {
      throw new CommandFailure(file + ": want a grey 8-bit JPEG or PNG image");
    }
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    return new SourceImage(image.getWidth(), image.getHeight(), 1, pixels);
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
