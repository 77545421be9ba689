package io.hybnext.ops.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Halves the side of grey X-rays by averaging two by two pixels exactly and stores them as JPEG;
 * the manifest goes along unchanged. The same input gives the same bytes.
 */
public final class SampleMaker {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PROGRESS_EVERY = 100;

  private final double quality;
  private final Progress progress;

  /**
   * Creates the maker.
   *
   * @param quality of the JPEG files, 0 to 1
   */
  public SampleMaker(double quality, Progress progress) {
    this.quality = quality;
    this.progress = progress;
  }

  /**
   * What came out.
   *
   * @param images written
   * @param bytes of all JPEG files
   * @param meanAbsoluteError between averaged pixels and stored ones, in grey levels of 255
   */
  public record Made(int images, long bytes, double meanAbsoluteError) {}

  /**
   * Makes the sample.
   *
   * @param from folder with manifest.jsonl and the images it names
   * @param to folder that gets manifest.jsonl and images/
   * @throws CommandFailure when a manifest line cannot be used
   * @throws IOException when a file cannot be read or written
   */
  public Made make(Path from, Path to) throws IOException {
    Path manifest = from.resolve("manifest.jsonl");
    List<String> lines = Files.readAllLines(manifest);
    long bytes = 0;
    double error = 0;
    for (int i = 0; i < lines.size(); i++) {
      String name = imageName(lines.get(i), manifest, i + 1);
      GreyImage half = GreyImage.read(from.resolve(name)).halved();
      byte[] jpeg = half.toJpeg(quality);
      Path file = to.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, jpeg);
      bytes += jpeg.length;
      error += half.meanAbsoluteDifference(GreyImage.decode(jpeg));
      if ((i + 1) % PROGRESS_EVERY == 0 || i + 1 == lines.size()) {
        progress.tell(new ProgressEvent.Stage("sample", i + 1, lines.size(), 0, "images"));
      }
    }
    Files.copy(manifest, to.resolve("manifest.jsonl"), StandardCopyOption.REPLACE_EXISTING);
    return new Made(lines.size(), bytes, error / Math.max(1, lines.size()));
  }

  private static String imageName(String line, Path manifest, int number) throws IOException {
    JsonNode name = JSON.readTree(line).get("image");
    if (name == null || !name.isTextual() || name.asText().contains("..")) {
      throw new CommandFailure(
          manifest + " line " + number + ": want an object with field image, a path in the folder");
    }
    return name.asText();
  }
}
