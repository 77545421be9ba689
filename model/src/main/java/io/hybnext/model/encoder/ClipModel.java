package io.hybnext.model.encoder;

import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Image and text tower of one folder, which embed into one space.
 *
 * @param images the image tower
 * @param texts the text tower
 */
public record ClipModel(VisionEncoder images, TextEncoder texts) implements AutoCloseable {

  /**
   * Opens both towers. The caller closes the result.
   *
   * @throws IOException with a sentence for people when the folder lacks one, or a file is missing,
   *     damaged or of another network
   */
  public static ClipModel open(TorchEngine engine, Path folder) throws IOException {
    TextEncoder texts = TextEncoder.open(engine, folder);
    try {
      VisionEncoder images = VisionEncoder.open(engine, folder);
      if (images.featureDim() != texts.featureDim() || !projectsTheClassToken(folder)) {
        images.close();
        throw new IOException(
            "encoder "
                + folder
                + ": images and texts meet in the projection of the class token only; remove"
                + " hybnext.json");
      }
      return new ClipModel(images, texts);
    } catch (IOException | RuntimeException e) {
      texts.close();
      throw e;
    }
  }

  private static boolean projectsTheClassToken(Path folder) throws IOException {
    return FeatureSettings.read(folder).equals(FeatureSettings.DEFAULT);
  }

  @Override
  public void close() {
    images.close();
    texts.close();
  }
}
