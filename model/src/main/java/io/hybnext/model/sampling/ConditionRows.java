package io.hybnext.model.sampling;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of a batch on the device: B rows, or under guidance 2 B, the null conditions
 * behind. Null captions keep the mask of the caption they replace, as in the original.
 *
 * @param embedded (R, T, D)
 * @param prefillMask (R, 1, T, T) added to attention scores; absent for causal
 * @param columnMask (R, 1, 1, L) for later positions; absent for none
 */
record ConditionRows(Array embedded, Optional<Array> prefillMask, Optional<Array> columnMask) {
  private static final float CLOSED = -1e30f;

  static ConditionRows of(
      Scope scope,
      KernelModule kernels,
      TransformerConfig config,
      ModelWeights weights,
      Condition condition,
      boolean guided,
      int cacheLength,
      Precision precision) {
    Array embeddings = weights.working(0);
    if (condition instanceof Classes classes) {
      long[] rows = classRows(config, classes, guided);
      Array labels = scope.longs(rows, rows.length);
      return new ConditionRows(
          kernels.call(scope, "embed_classes", embeddings, labels),
          Optional.empty(),
          Optional.empty());
    }
    Captions captions = (Captions) condition;
    float[] features = captionRows(config, weights, captions, guided);
    int rows = features.length / (config.clsTokenNum() * config.captionDim());
    Array device = scope.floats(features, rows, config.clsTokenNum(), config.captionDim());
    Array embedded = kernels.call(scope, "embed_captions", embeddings, device);
    if (!captions.masked()) {
      return new ConditionRows(embedded, Optional.empty(), Optional.empty());
    }
    return new ConditionRows(
        embedded,
        Optional.of(prefillMask(scope, kernels, config, captions, rows)),
        Optional.of(columnMask(scope, config, captions, rows, cacheLength, precision)));
  }

  private static long[] classRows(TransformerConfig config, Classes classes, boolean guided) {
    List<Integer> labels = classes.labels();
    for (int label : labels) {
      if (label < 0 || label >= config.classRows()) {
        throw new IllegalArgumentException(
            "class " + label + ": want 0 to " + (config.classRows() - 1));
      }
    }
    if (guided && config.classRows() == config.numClasses()) {
      throw new IllegalArgumentException(
          "guidance needs a null class, and this network was trained without one"
              + " (class_dropout_prob 0): want cfg-scale 1");
    }
    long[] rows = new long[guided ? 2 * labels.size() : labels.size()];
    Arrays.setAll(rows, i -> i < labels.size() ? labels.get(i) : config.numClasses());
    return rows;
  }

  private static float[] captionRows(
      TransformerConfig config, ModelWeights weights, Captions captions, boolean guided) {
    int length = config.clsTokenNum() * config.captionDim();
    int batch = captions.batchSize();
    float[] rows = new float[(guided ? 2 * batch : batch) * length];
    for (int i = 0; i < batch; i++) {
      float[] features = captions.captions().get(i).features();
      if (features.length != length) {
        throw new IllegalArgumentException(
            "caption " + i + " has " + features.length + " numbers, the network takes " + length);
      }
      System.arraycopy(features, 0, rows, i * length, length);
    }
    if (guided) {
      FloatBuffer none = weights.parameter(TransformerLayout.UNCONDITIONAL).asFloatBuffer();
      for (int i = batch; i < 2 * batch; i++) {
        none.duplicate().get(rows, i * length, length);
      }
    }
    return rows;
  }

  private static boolean open(TransformerConfig config, Captions captions, int row, int position) {
    CaptionFeatures caption = captions.captions().get(row % captions.batchSize());
    return position >= config.clsTokenNum() - caption.length();
  }

  private static Array prefillMask(
      Scope scope, KernelModule kernels, TransformerConfig config, Captions captions, int rows) {
    int positions = config.clsTokenNum();
    byte[] valid = new byte[rows * positions];
    for (int i = 0; i < valid.length; i++) {
      valid[i] = (byte) (open(config, captions, i / positions, i % positions) ? 1 : 0);
    }
    try (Array columns = scope.bytes(valid, rows, positions);
        Array extra = scope.longs(new long[] {0})) {
      return kernels.call(scope, "attention_mask", columns, extra);
    }
  }

  private static Array columnMask(
      Scope scope,
      TransformerConfig config,
      Captions captions,
      int rows,
      int cacheLength,
      Precision precision) {
    float[] mask = new float[rows * cacheLength];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = open(config, captions, i / cacheLength, i % cacheLength) ? 0 : CLOSED;
    }
    Array wide = scope.floats(mask, rows, 1, 1, cacheLength);
    return CoreKernels.of(scope.engine()).cast(scope, wide, precision.elementType());
  }
}
