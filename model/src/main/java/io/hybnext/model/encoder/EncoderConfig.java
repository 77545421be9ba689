package io.hybnext.model.encoder;

import static io.hybnext.model.network.SizeLimits.LARGEST_IMAGE;
import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.MOST_LEVELS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.within;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.network.SettingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Sizes of a convolutional encoder of square grey images.
 *
 * @param kind residual blocks with a patch stem, or a plain stack of strided convolutions
 * @param imageSize side of the input, pixels
 * @param poolBefore the input is averaged over squares of this side first; 1 for none
 * @param patch residual kind: side of the square patches that become channels
 * @param widths channels of each level; every level after the first halves the grid
 * @param blocks residual kind: residual blocks a level
 * @param groups of group normalisation
 * @param featureDim length of the feature
 */
public record EncoderConfig(
    @JsonProperty("kind") Kind kind,
    @JsonProperty("image_size") int imageSize,
    @JsonProperty("pool_before") int poolBefore,
    @JsonProperty("patch") int patch,
    @JsonProperty("widths") List<Integer> widths,
    @JsonProperty("blocks") int blocks,
    @JsonProperty("groups") int groups,
    @JsonProperty("feature_dim") int featureDim) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Architectures. */
  public enum Kind {
    RESIDUAL,
    PLAIN
  }

  /** Checks that the grid divides. */
  public EncoderConfig {
    if (kind == null || widths == null || widths.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("encoder: want kind and widths");
    }
    widths = List.copyOf(widths);
    boolean sound =
        within(widths.size(), MOST_LEVELS)
            && widths.stream().allMatch(width -> within(width, WIDEST))
            && within(imageSize, LARGEST_IMAGE)
            && within(poolBefore, imageSize)
            && within(patch, imageSize)
            && within(blocks, MOST_BLOCKS)
            && groups >= 1
            && within(featureDim, WIDEST);
    if (!sound) {
      throw new IllegalArgumentException(
          "encoder: want sizes of at least 1, widths of at most "
              + WIDEST
              + " in at most "
              + MOST_LEVELS
              + " levels, and images of at most "
              + LARGEST_IMAGE
              + " pixels a side");
    }
    int shrink =
        poolBefore * (kind == Kind.RESIDUAL ? patch << (widths.size() - 1) : 1 << widths.size());
    if (imageSize % shrink != 0 || widths.stream().anyMatch(w -> w % groups != 0)) {
      throw new IllegalArgumentException(
          "encoder: want image_size divisible by " + shrink + " and widths divisible by " + groups);
    }
  }

  /** The default alignment teacher for 128x128 X-rays. */
  public static EncoderConfig teacher() {
    return new EncoderConfig(Kind.RESIDUAL, 128, 2, 4, List.of(64, 128, 192), 1, 8, 128);
  }

  /** The default network behind FID and KID for 128x128 X-rays. */
  public static EncoderConfig evaluator() {
    return new EncoderConfig(Kind.PLAIN, 128, 1, 1, List.of(16, 32, 64, 96, 128), 1, 8, 64);
  }

  /**
   * Reads a file with the JSON that {@link #toJson} gives.
   *
   * @throws IOException when it cannot be read or used, naming file and rule
   */
  public static EncoderConfig read(Path file) throws IOException {
    ObjectNode json = SettingsFile.read(file);
    try {
      return JSON.treeToValue(json, EncoderConfig.class);
    } catch (JsonProcessingException e) {
      boolean rule = e.getCause() instanceof IllegalArgumentException;
      String sentence = rule ? e.getCause().getMessage() : e.getOriginalMessage();
      throw new IOException(
          "encoder settings " + file + ": " + sentence.lines().findFirst().orElse(""), e);
    }
  }

  /** The settings as JSON in UTF-8; the same bytes for the same settings. */
  public byte[] toJson() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }
}
