package io.hybnext.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.TorchFile;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One kind of published checkpoint. */
interface PublishedModel {
  /** What keys of ARRA's projector begin with; other projects' loaders do not know them. */
  String PROJECTOR = "adaptor.";

  /** As {@code --kind} names it. */
  String kind();

  /** Whether keys are those of this kind. */
  boolean recognises(Set<String> keys);

  /** Where its projects keep the weights in a file of {@code torch.save}, best first. */
  default List<String> stateDicts() {
    return TorchFile.MODEL_FIRST;
  }

  /** What its own loader expects a state dict under; empty, as most do, for none. */
  default String torchKey() {
    return "";
  }

  /**
   * Shapes of buffers that its own strict loader wants, though no use is made of them: fp32, zeros
   * where a checkpoint lacks them.
   */
  default Map<String, long[]> buffers() {
    return Map.of();
  }

  /**
   * The key by which settings of its project are known; settings without it are not read. Empty
   * when the weights tell all there is to tell.
   */
  String settingsKey();

  /** Whether these are settings of its project. */
  default boolean reads(JsonNode settings) {
    return settings.has(settingsKey());
  }

  /**
   * Derives settings and expected shapes.
   *
   * @throws CheckpointException when a key that the sizes are read from is missing, or when the
   *     sizes are no published ones and no settings say what the weights do not
   * @throws IllegalArgumentException when given settings are impossible
   */
  Identified identify(KeyShapes keys, Hints hints) throws CheckpointException;
}
