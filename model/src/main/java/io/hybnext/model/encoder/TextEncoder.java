package io.hybnext.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.text.TextTokenizer;
import io.hybnext.model.tower.BertConfig;
import io.hybnext.model.tower.BertKeys;
import io.hybnext.model.tower.BertTower;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The text tower of a BioMedCLIP folder with its tokenizer. Texts are taken as they are: open_clip
 * first mends broken Unicode and HTML entities, which whole texts do not have. Used by one thread
 * at a time.
 */
public final class TextEncoder implements AutoCloseable {
  private static final int TEXTS_A_PASS = 32;

  private final TorchEngine engine;
  private final BertTower tower;
  private final TextTokenizer tokenizer;

  private TextEncoder(TorchEngine engine, BertTower tower, TextTokenizer tokenizer) {
    this.engine = engine;
    this.tower = tower;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens the text tower of a folder of open_clip or of the port to transformers. The caller closes
   * it.
   *
   * @throws IOException with a sentence for people when the folder has none, or a file is missing,
   *     damaged or of another network
   */
  public static TextEncoder open(TorchEngine engine, Path folder) throws IOException {
    EncoderLayout layout = EncoderLayout.of(folder);
    try {
      return switch (layout) {
        case OPEN_CLIP -> {
          JsonNode json = SettingsFile.read(folder.resolve(EncoderLayout.OPEN_CLIP_CONFIG));
          if (json.at("/model_cfg/text_cfg").isMissingNode()) {
            throw new IllegalArgumentException("its configuration has no text_cfg");
          }
          yield open(engine, folder, layout, TowerJson.openClipText(json), BertKeys.OPEN_CLIP);
        }
        case BIOMEDCLIP_PORT -> {
          JsonNode json = SettingsFile.read(folder.resolve(EncoderLayout.CONFIG));
          BertConfig config = TowerJson.biomedClipPortText(json);
          yield open(engine, folder, layout, config, BertKeys.TRANSFORMERS);
        }
        default ->
            throw new IllegalArgumentException(
                "it has no text tower that is known here; BioMedCLIP has one");
      };
    } catch (IllegalArgumentException wrong) {
      throw new IOException("encoder " + folder + ": " + wrong.getMessage(), wrong);
    }
  }

  private static TextEncoder open(
      TorchEngine engine, Path folder, EncoderLayout layout, BertConfig config, BertKeys keys)
      throws IOException {
    TextTokenizer tokenizer = TextTokenizer.open(folder, config.contextLength());
    try (Checkpoint weights = layout.weights(folder)) {
      BertTower tower = BertTower.load(engine, config, keys, weights, Precision.FP32);
      return new TextEncoder(engine, tower, tokenizer);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** Length of an embedding. */
  public int featureDim() {
    return tower.config().projectionDim();
  }

  /**
   * Embeddings of texts, not normalised, one row a text, in the order given.
   *
   * @throws IllegalArgumentException when the tokenizer gives a token that the tower lacks
   */
  public double[][] encode(List<String> texts) {
    double[][] rows = new double[texts.size()][];
    for (int from = 0; from < rows.length; from += TEXTS_A_PASS) {
      int end = Math.min(rows.length, from + TEXTS_A_PASS);
      float[] all = pass(texts.subList(from, end));
      for (int i = from; i < end; i++) {
        rows[i] = new double[featureDim()];
        for (int k = 0; k < rows[i].length; k++) {
          rows[i][k] = all[(i - from) * featureDim() + k];
        }
      }
    }
    return rows;
  }

  private float[] pass(List<String> texts) {
    List<long[]> rows = new ArrayList<>();
    texts.forEach(text -> rows.add(checked(tokenizer.encode(text))));
    int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
    long[] ids = new long[rows.size() * longest];
    Arrays.fill(ids, tower.config().padId());
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, ids, i * longest, rows.get(i).length);
    }
    try (Scope work = engine.openScope("texts")) {
      Array tokens = tower.tokens(work, work.longs(ids, rows.size(), longest));
      return tower.embedding(work, tokens).toFloats();
    }
  }

  private long[] checked(long[] ids) {
    for (long id : ids) {
      if (id < 0 || id >= tower.config().vocabulary()) {
        throw new IllegalArgumentException(
            "tokenizer.json gives token "
                + id
                + ", the text tower knows "
                + tower.config().vocabulary()
                + ": the two files belong to different models");
      }
    }
    return ids;
  }

  @Override
  public void close() {
    tower.close();
    tokenizer.close();
  }
}
