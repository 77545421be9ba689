package io.hybnext.model.encoder;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
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
  private static final ObjectMapper JSON = new ObjectMapper();

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

  /**
   * Reads a file with the JSON that {@link #toJson} gives.
   *
   * @throws IOException when it cannot be read or used, naming file and rule
   */
  public static EncoderConfig read(Path file) throws IOException {
    byte[] json = Files.readAllBytes(file);
    try {
      return JSON.readValue(json, EncoderConfig.class);
    } catch (JsonProcessingException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      String sentence = reason == e ? e.getOriginalMessage() : reason.getMessage();
      throw new IOException("encoder settings " + file + ": " + sentence, e);
    }
  }

  /** The settings as JSON in UTF-8; the same bytes for the same settings. */
  public byte[] toJson() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }
}
