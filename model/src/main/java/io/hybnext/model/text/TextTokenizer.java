package io.hybnext.model.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tokenizer as {@code tokenizer.json} describes it: normalisation, splitting, vocabulary, special
 * tokens. The native library comes with the Maven dependency; nothing is downloaded. Thread-safe.
 */
public final class TextTokenizer implements AutoCloseable {
  private static final String FILE = "tokenizer.json";

  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads the {@code tokenizer.json} of a folder. The caller closes the result.
   *
   * @param mostTokens of a text, special tokens included; what is beyond is cut off
   * @throws IOException with a sentence when the file is missing or is no tokenizer
   */
  public static TextTokenizer open(Path folder, int mostTokens) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          file + " is missing; it lies beside the released weights, fetch it too");
    }
    TorchEngine.stayOffline();
    try {
      return new TextTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(true)
              .optMaxLength(mostTokens)
              .optPadding(false)
              .build());
    } catch (RuntimeException damaged) { // what the native library throws
      throw new IOException(file + " is no tokenizer: " + damaged.getMessage(), damaged);
    }
  }

  /** Token ids of a text, with the special tokens that the file puts around it. */
  public long[] encode(String text) {
    return tokenizer.encode(text, true, false).getIds();
  }

  /** The same without special tokens around it. */
  public long[] encodeBare(String text) {
    return tokenizer.encode(text, false, false).getIds();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
