package io.hybnext.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the weights themselves do not tell.
 *
 * @param config the project's own settings, e.g. the {@code config.json} beside the weights
 * @param imageSize side of the images in pixels
 */
public record Hints(Optional<JsonNode> config, OptionalInt imageSize) {
  /** Nothing known. */
  public static final Hints NONE = new Hints(Optional.empty(), OptionalInt.empty());
}
