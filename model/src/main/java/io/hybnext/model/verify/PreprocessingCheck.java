package io.hybnext.model.verify;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.image.Framing;
import io.hybnext.image.Image;
import io.hybnext.model.tower.Preprocessing;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The preparation of images of an encoder case: {@code pre_X_in_u8} to {@code pre_X_resized_u8},
 * byte for byte, and to {@code pre_X_pixel_values} or one of its variants.
 */
final class PreprocessingCheck {
  private static final Pattern INPUT = Pattern.compile("(pre_.+)_in_u8");
  private static final Pattern ENLARGED = Pattern.compile("_up(\\d{1,4})_u8");

  /** Framed images to (B, 3, S, S). */
  interface Pixels {
    Array of(Scope owner, Preprocessing preprocessing, List<Image> images);
  }

  private final ReferenceCase reference;
  private final Comparison compare;

  PreprocessingCheck(ReferenceCase reference, Comparison compare) {
    this.reference = reference;
    this.compare = compare;
  }

  /** Checks one library's results, those with this ending. */
  void check(Scope scope, Preprocessing preprocessing, String ending, Pixels pixels)
      throws IOException {
    Framing framing = preprocessing.framing();
    for (String key : new TreeSet<>(reference.keys("io"))) {
      Matcher input = INPUT.matcher(key);
      if (input.matches()) {
        Image image = image(key);
        String name = input.group(1);
        Image scaled = framing.scaled(image);
        compare.levels(name + "_resized_u8", scaled.pixels(), 0);
        compare.exact(name + "_reshaped_hw", new long[] {scaled.height(), scaled.width()});
        Array values = pixels.of(scope, preprocessing, List.of(framing.apply(image)));
        compare.forwardInFp32(name + ending, values.toFloats());
      }
    }
  }

  /** Checks images framed to another size than the network's, {@code pre_X_upSIZE_u8}. */
  void checkSizes(Function<Integer, Preprocessing> ofSize) throws IOException {
    for (String key : new TreeSet<>(reference.keys("io"))) {
      Matcher input = INPUT.matcher(key);
      if (!input.matches()) {
        continue;
      }
      String name = input.group(1);
      for (String other : new TreeSet<>(reference.keys("io"))) {
        Matcher size =
            ENLARGED.matcher(other.startsWith(name) ? other.substring(name.length()) : "");
        if (size.matches()) {
          Framing framing = ofSize.apply(Integer.valueOf(size.group(1))).framing();
          compare.levels(other, framing.apply(image(key)).pixels(), 0);
        }
      }
    }
  }

  private Image image(String key) throws IOException {
    long[] shape = reference.shape("io", key);
    return new Image((int) shape[1], (int) shape[0], (int) shape[2], reference.bytes("io", key));
  }
}
