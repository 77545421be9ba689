package io.hybnext.ops.wiring;

import io.hybnext.config.DataSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.ops.home.Home;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The frozen networks that settings name, for intake, drawing and evaluation. Encode and decode on
 * {@link #thread} only.
 *
 * @param tokenizer images to tokens and back
 * @param encoder the alignment teacher
 * @param thread where both work
 */
public record Networks(VisualTokenizer tokenizer, VisionEncoder encoder, MathsThread thread)
    implements AutoCloseable {

  /**
   * Opens the networks.
   *
   * @throws IOException when one of them is damaged
   * @throws SettingsException when one is missing or of another image size
   */
  public static Networks open(TorchEngine engine, DataSettings data) throws IOException {
    Path tokenizerFolder = Home.current().resolve("data.tokenizer", data.tokenizer());
    Path encoderFolder = Home.current().resolve("data.encoder", data.encoder());
    VisualTokenizer tokenizer = Tokenizers.load(engine, tokenizerFolder);
    try {
      if (tokenizer.codes().imageSize() != data.imageSize()) {
        throw new SettingsException(
            "data.image-size",
            "data.image-size = "
                + data.imageSize()
                + ": the tokenizer "
                + data.tokenizer()
                + " wants "
                + tokenizer.codes().imageSize());
      }
      VisionEncoder encoder = VisionEncoder.open(engine, encoderFolder);
      return new Networks(tokenizer, encoder, new MathsThread("networks"));
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** The tokenizer as a stage of the intake. */
  public TrainedImageTokenizer tokenizerStage() {
    return new TrainedImageTokenizer(tokenizer, thread);
  }

  /** The teacher as a stage of the intake. */
  public VisionFeatureEncoder encoderStage() {
    return new VisionFeatureEncoder(encoder, thread);
  }

  @Override
  public void close() {
    thread.close();
    encoder.close();
    tokenizer.close();
  }
}
