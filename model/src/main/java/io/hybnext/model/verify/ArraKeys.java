package io.hybnext.model.verify;

import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.decoder.Positions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The naming of an ARRA case: which variant, layer and weight a key belongs to. In {@code io}:
 * {@code <variant>_<layer>_gva|total} (weight 1), {@code lambda<x>_total} (variant hybnext,
 * layer1), {@code [<variant>_]ar_loss}. In {@code grads}: {@code
 * <variant>_<layer>_lambda<x>/<parameter>}, {@code lambda<x>/<parameter>}. Variant {@code c2i} is
 * the class-conditional half.
 */
final class ArraKeys {
  /** Names of layers, as a regular expression without groups. */
  static final String LAYER = "layer\\d+|lastpre|lastpost";

  private static final Pattern LOSS =
      Pattern.compile("(hybnext|reppre|reppost|c2i)_(" + LAYER + ")_(?:gva|total)");
  private static final Pattern WEIGHED = Pattern.compile("lambda" + KeyNumber.PATTERN + "_total");
  private static final Pattern GRADIENT =
      Pattern.compile(
          "(?:(hybnext|reppre|reppost|c2i)_(" + LAYER + ")_)?lambda" + KeyNumber.PATTERN + "/.+");

  private ArraKeys() {}

  /**
   * One training set-up and the keys it answers.
   *
   * @param variant as the keys spell it
   * @param layerName as the keys spell it
   * @param lambda weight of the alignment
   */
  record Combination(String variant, String layerName, double lambda) {

    AlignmentLayer layer() {
      return ArraKeys.layer(layerName);
    }

    Positions positions() {
      return switch (variant) {
        case "reppre" -> Positions.REP_PRE;
        case "reppost" -> Positions.REP_POST;
        default -> Positions.PREDICTING_IMAGE;
      };
    }

    /** Keys of the next-token loss, which the sequence decides, not layer or weight. */
    List<String> nllKeys() {
      return List.of(variant.equals("hybnext") ? "ar_loss" : variant + "_ar_loss");
    }

    List<String> gvaKeys() {
      return lambda > 0 ? List.of(variant + "_" + layerName + "_gva") : List.of();
    }

    List<String> totalKeys() {
      String weighed = standard() ? weight() + "_total" : "";
      String plain = lambda == 1 ? variant + "_" + layerName + "_total" : "";
      return List.of(weighed, weighed.replace('.', 'p'), plain);
    }

    Collection<String> gradientGroups() {
      String full = variant + "_" + layerName + "_" + weight();
      String weighed = standard() ? weight() : "";
      return List.of(full, full.replace('.', 'p'), weighed, weighed.replace('.', 'p'));
    }

    private boolean standard() {
      return variant.equals("hybnext") && layerName.equals("layer1");
    }

    /** {@code lambda1}, {@code lambda0.5}. */
    private String weight() {
      String number = lambda == Math.rint(lambda) ? Long.toString((long) lambda) : "" + lambda;
      return "lambda" + number;
    }
  }

  static AlignmentLayer layer(String name) {
    return AlignmentLayer.parse(name.startsWith("layer") ? name.substring(5) : name);
  }

  /** Every set-up that the case holds a number of, for one half of it. */
  static Collection<Combination> combinations(ReferenceCase reference, String half) {
    Map<String, Combination> found = new TreeMap<>();
    for (String key : new TreeSet<>(reference.keys("io"))) {
      Matcher loss = LOSS.matcher(key);
      Matcher weighed = WEIGHED.matcher(key);
      if (loss.matches()) {
        add(found, half, new Combination(loss.group(1), loss.group(2), 1));
      } else if (weighed.matches()) {
        double lambda = KeyNumber.parse(weighed.group(1));
        add(found, half, new Combination("hybnext", "layer1", lambda));
      }
    }
    for (String key : reference.keys("grads")) {
      Matcher gradient = GRADIENT.matcher(key);
      if (gradient.matches()) {
        add(
            found,
            half,
            new Combination(
                Optional.ofNullable(gradient.group(1)).orElse("hybnext"),
                Optional.ofNullable(gradient.group(2)).orElse("layer1"),
                KeyNumber.parse(gradient.group(3))));
      }
    }
    return found.values();
  }

  private static void add(Map<String, Combination> found, String half, Combination combination) {
    if (half.equals("c2i") == combination.variant().equals("c2i")) {
      found.put(combination.toString(), combination);
    }
  }
}
