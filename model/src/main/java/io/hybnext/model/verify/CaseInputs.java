package io.hybnext.model.verify;

import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a transformer case's inputs from its {@code io} file. */
final class CaseInputs {
  private final ReferenceCase reference;
  private final String prefix;

  /**
   * For the inputs whose names start with a prefix.
   *
   * @param prefix empty, or {@code c2i_} for the class-conditional half of an ARRA case
   */
  CaseInputs(ReferenceCase reference, String prefix) {
    this.reference = reference;
    this.prefix = prefix;
  }

  /** Rows of {@code z_indices} (B, N). */
  List<int[]> tokens(TransformerConfig config) throws IOException {
    String key = prefix + "z_indices";
    long[] shape = reference.shape("io", key);
    if (shape.length != 2 || shape[1] != config.blockSize()) {
      throw new IllegalArgumentException(
          key + " has shape " + Arrays.toString(shape) + ": want (B, " + config.blockSize() + ")");
    }
    return intRows(reference.longs("io", key), config.blockSize());
  }

  /** Rows of a matrix of integers. */
  static List<int[]> intRows(long[] values, int length) {
    List<int[]> rows = new ArrayList<>();
    for (int at = 0; at < values.length; at += length) {
      rows.add(Arrays.stream(values, at, at + length).mapToInt(Math::toIntExact).toArray());
    }
    return rows;
  }

  /** Rows of a matrix (B, E). */
  List<float[]> rows(String name) throws IOException {
    String key = prefix + name;
    float[] values = reference.floats("io", key);
    int length = (int) reference.shape("io", key)[1];
    List<float[]> rows = new ArrayList<>();
    for (int at = 0; at < values.length; at += length) {
      rows.add(Arrays.copyOfRange(values, at, at + length));
    }
    return rows;
  }

  /** Classes of {@code cond_idx} (B), or captions of {@code caption_emb} and {@code emb_mask}. */
  Condition condition(TransformerConfig config) throws IOException {
    if (config.modelType() == ModelType.C2I) {
      long[] labels = reference.longs("io", prefix + "cond_idx");
      return new Classes(Arrays.stream(labels).mapToObj(Math::toIntExact).toList());
    }
    float[] features = reference.floats("io", prefix + "caption_emb");
    float[] mask = reference.floats("io", prefix + "emb_mask");
    int positions = config.clsTokenNum();
    int row = positions * config.captionDim();
    if (mask.length % positions != 0 || features.length != mask.length * config.captionDim()) {
      throw new IllegalArgumentException(
          "caption_emb and emb_mask do not fit cls_token_num " + positions + " and caption_dim");
    }
    List<CaptionFeatures> captions = new ArrayList<>();
    for (int i = 0; i < mask.length / positions; i++) {
      float[] one = Arrays.copyOfRange(features, i * row, (i + 1) * row);
      captions.add(new CaptionFeatures(one, length(mask, i * positions, positions)));
    }
    return new Captions(captions);
  }

  /** Valid positions of one caption, which all lie at the end. */
  private static int length(float[] mask, int begin, int positions) {
    int length = 0;
    for (int i = begin; i < begin + positions; i++) {
      if (mask[i] == 0 && length > 0) {
        throw new IllegalArgumentException(
            "emb_mask has padding behind a valid position: want captions padded on the left");
      }
      length += mask[i] != 0 ? 1 : 0;
    }
    return length;
  }
}
