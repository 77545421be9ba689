package io.hybnext.model.encoder;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

  /** Architectures. */
  public enum Kind {
    RESIDUAL,
    PLAIN
  }

  /** Checks that the grid divides. */
  public EncoderConfig {
    widths = List.copyOf(widths);
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

  /** Reads the JSON file that {@link #write} wrote. */
  public static EncoderConfig read(Path file) throws IOException {
    return new ObjectMapper().readValue(Files.readAllBytes(file), EncoderConfig.class);
  }

  /** Writes the configuration as JSON. */
  public void write(Path file) throws IOException {
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), this);
  }
}
