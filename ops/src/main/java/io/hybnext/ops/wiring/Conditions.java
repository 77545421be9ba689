package io.hybnext.ops.wiring;

import io.hybnext.model.transformer.CaptionEncoder;
import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.RandomWordEncoder;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network is conditioned on, from the captions of a batch: their word features, or, for
 * networks conditioned on classes, the class number that the caption holds. Remembers the captions
 * used last. Used by one thread at a time.
 */
public final class Conditions {
  private static final int REMEMBERED = 4096;

  private final TransformerConfig network;
  private final CaptionEncoder words;
  private final Map<String, CaptionFeatures> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CaptionFeatures> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Conditions for this network. */
  public Conditions(TransformerConfig network) {
    this.network = network;
    this.words =
        network.modelType() == ModelType.T2I
            ? new RandomWordEncoder(network.clsTokenNum(), network.captionDim())
            : null;
  }

  /**
   * The conditions of a batch.
   *
   * @throws IllegalArgumentException when the network wants a class number and a caption is none
   */
  public Condition of(List<String> captions) {
    if (words == null) {
      return new Condition.Classes(captions.stream().map(this::label).toList());
    }
    return new Condition.Captions(
        captions.stream().map(caption -> known.computeIfAbsent(caption, words::encode)).toList());
  }

  private int label(String caption) {
    try {
      int label = Integer.parseInt(caption.strip());
      if (label >= 0 && label < network.numClasses()) {
        return label;
      }
    } catch (NumberFormatException e) {
      // told below, with the range
    }
    throw new IllegalArgumentException(
        "caption '"
            + caption
            + "': model.condition = class wants a class number from 0 to "
            + (network.numClasses() - 1));
  }
}
