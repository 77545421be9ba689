package io.hybnext.model.published;

import io.hybnext.model.weights.CheckpointException;
import java.util.List;
import java.util.Set;

/** One kind of published checkpoint. */
interface PublishedModel {

  /** As {@code --kind} names it. */
  String kind();

  /** Whether keys are those of this kind. */
  boolean recognises(Set<String> keys);

  /** Where its projects keep the weights in a file of {@code torch.save}, best first. */
  List<String> stateDicts();

  /** What its own loader expects a state dict under; empty for none. */
  String torchKey();

  /**
   * Derives settings and expected shapes.
   *
   * @throws CheckpointException when a key that the sizes are read from is missing, or when the
   *     sizes are no published ones and no settings say what the weights do not
   * @throws IllegalArgumentException when given settings are impossible
   */
  Identified identify(KeyShapes keys, Hints hints) throws CheckpointException;
}
