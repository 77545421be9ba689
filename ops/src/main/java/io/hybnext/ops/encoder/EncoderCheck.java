package io.hybnext.ops.encoder;

import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.metrics.FeatureInformation;
import io.hybnext.ops.tokenizer.ImageCollection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much an encoder's feature says of images beyond their captions. */
public final class EncoderCheck {
  private static final int BATCH = 64;

  private EncoderCheck() {}

  /** Figures of one split, by name, in the order to show. */
  public static Map<String, Object> of(VisionEncoder encoder, List<ImageCollection.Item> items) {
    double[][] features = features(encoder, items);
    Map<String, Integer> numbers = new LinkedHashMap<>();
    int[] captions =
        items.stream()
            .map(item -> item.fields().path("caption").asText())
            .mapToInt(caption -> numbers.computeIfAbsent(caption, key -> numbers.size()))
            .toArray();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("images", items.size());
    figures.put("captions", numbers.size());
    figures.put("effective_rank", FeatureInformation.effectiveRankByVariance(features));
    figures.put(
        "explained_by_caption", FeatureInformation.shareExplainedByCaption(features, captions));
    return figures;
  }

  /** The feature of each item, in order. */
  private static double[][] features(VisionEncoder encoder, List<ImageCollection.Item> items) {
    List<float[]> all = new ArrayList<>();
    List<byte[]> images = squares(items, encoder.config().imageSize());
    for (int from = 0; from < images.size(); from += BATCH) {
      all.addAll(encoder.encode(images.subList(from, Math.min(images.size(), from + BATCH))));
    }
    double[][] rows = new double[all.size()][];
    for (int i = 0; i < rows.length; i++) {
      float[] feature = all.get(i);
      rows[i] = new double[feature.length];
      for (int k = 0; k < feature.length; k++) {
        rows[i][k] = feature[k];
      }
    }
    return rows;
  }

  static List<byte[]> squares(List<ImageCollection.Item> items, int side) {
    return items.stream().map(item -> item.image().square(side)).toList();
  }
}
