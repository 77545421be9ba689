package io.hybnext.ops.encoder;

import io.hybnext.image.Image;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.metrics.FeatureInformation;
import io.hybnext.ops.tokenizer.ImageCollection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much an encoder's feature says of images beyond their captions. */
public final class EncoderCheck {
  private static final int BATCH = 64;

  private EncoderCheck() {}

  /**
   * Figures of one split, by name, in the order to show.
   *
   * @param encoder of grey squares
   */
  public static Map<String, Object> of(VisionEncoder encoder, List<ImageCollection.Item> items) {
    int side = encoder.framing().size();
    List<Image> images =
        squares(items, side).stream().map(pixels -> new Image(side, side, 1, pixels)).toList();
    double[][] features = encoder.encode(images, BATCH);
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

  static List<byte[]> squares(List<ImageCollection.Item> items, int side) {
    return items.stream().map(item -> item.image().square(side)).toList();
  }
}
