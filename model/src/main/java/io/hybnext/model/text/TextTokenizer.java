package io.hybnext.model.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.SettingsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A tokenizer as {@code tokenizer.json} describes it: normalisation, splitting, vocabulary, special
 * tokens. The native library comes with the Maven dependency; nothing is downloaded. Thread-safe.
 */
public final class TextTokenizer implements AutoCloseable {
  private static final String FILE = "tokenizer.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(Path file, HuggingFaceTokenizer tokenizer) {
    this.file = file;
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
    ObjectNode json = new TokenizerJson(file, SettingsFile.read(file)).safe(mostTokens);
    Map<String, String> options =
        Map.of("truncation", "true", "maxLength", Integer.toString(mostTokens), "padding", "false");
    try (InputStream text = new ByteArrayInputStream(JSON.writeValueAsBytes(json))) {
      return new TextTokenizer(file, HuggingFaceTokenizer.newInstance(text, options));
    } catch (RuntimeException damaged) { // what the native library throws
      String reason = String.valueOf(damaged.getMessage()).lines().findFirst().orElse("");
      throw new IOException(file + " is no tokenizer: " + reason, damaged);
    }
  }

  /**
   * Token ids of a text, with the special tokens that the file puts around it.
   *
   * @throws UncheckedIOException with a sentence when the file has no ids for this text, not even
   *     one for what is unknown
   */
  public long[] encode(String text) {
    return ids(text, true);
  }

  /** The same without special tokens around it. */
  public long[] encodeBare(String text) {
    return ids(text, false);
  }

  /**
   * A text with these ids, special tokens left out.
   *
   * @throws UncheckedIOException with a sentence when the file does not know one of them
   */
  public String decode(long[] ids) {
    try {
      return tokenizer.decode(ids, true);
    } catch (RuntimeException unknown) { // what the native library throws
      String reason = String.valueOf(unknown.getMessage()).lines().findFirst().orElse("");
      IOException wrong = new IOException(file + " cannot give a text back: " + reason, unknown);
      throw new UncheckedIOException(wrong);
    }
  }

  private long[] ids(String text, boolean special) {
    try {
      return tokenizer.encode(text, special, false).getIds();
    } catch (RuntimeException lacking) { // what the native library throws
      String reason = String.valueOf(lacking.getMessage()).lines().findFirst().orElse("");
      IOException wrong = new IOException(file + " cannot take a text: " + reason, lacking);
      throw new UncheckedIOException(wrong);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
