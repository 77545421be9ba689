package io.hybnext.tests.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Some of the bundled X-rays. */
public final class SampleImages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SampleImages() {}

  /**
   * Copies the first training images and their lines of the manifest.
   *
   * @param folder gets manifest.jsonl and the images
   * @throws IllegalArgumentException when there are not as many
   */
  public static void copy(Path folder, int count) throws IOException {
    Path sample = Path.of(System.getProperty("hybnext.root"), "ops", "sample");
    Files.createDirectories(folder.resolve("images"));
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(sample.resolve("manifest.jsonl"))) {
      if (lines.size() < count && line.replace(" ", "").contains("\"split\":\"train\"")) {
        lines.add(line);
        String name = line.replaceAll(".*\"image\": ?\"([^\"]+)\".*", "$1");
        Files.copy(sample.resolve(name), folder.resolve(name));
      }
    }
    if (lines.size() != count) {
      throw new IllegalArgumentException("the sample has only " + lines.size() + " such images");
    }
    Files.write(folder.resolve("manifest.jsonl"), lines);
  }

  /** The same, with the last ones held out as {@code val}. */
  public static void copy(Path folder, int count, int heldOut) throws IOException {
    copy(folder, count);
    Path manifest = folder.resolve("manifest.jsonl");
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(manifest)) {
      ObjectNode one = (ObjectNode) JSON.readTree(line);
      lines.add(one.put("split", lines.size() < count - heldOut ? "train" : "val").toString());
    }
    Files.write(manifest, lines);
  }
}
