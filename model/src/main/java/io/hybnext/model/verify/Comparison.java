package io.hybnext.model.verify;

import io.hybnext.gpu.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares recomputed tensors with a case's and collects the results. A tensor that the case lacks
 * is passed over.
 */
final class Comparison {
  private static final double BF16 = 2e-2;

  /** The original's own bf16 gradients are up to 6e-2 away from its fp32 ones in these cases. */
  private static final double BF16_GRADIENT = 1e-1;

  /** A gradient that is zero but for rounding, as of a bias of keys, has no share to speak of. */
  private static final double NOTHING = 2e-6;

  /** How often the reference's own fp32 noise an error may be. */
  private static final double MARGIN = 2;

  /** The same where there is nothing but noise, whose size depends on the order of sums. */
  private static final double VANISHING_MARGIN = 10;

  private static final double CLOSE_WEIGHT = 1e-5;
  private static final double FAR_SHARE = 1e-3;
  private static final double FAR_RATES = 2.5;

  private final ReferenceCase reference;
  private final boolean narrow;
  private final List<TensorResult> results = new ArrayList<>();

  Comparison(ReferenceCase reference, Precision precision) {
    this.reference = reference;
    this.narrow = precision == Precision.BF16;
  }

  List<TensorResult> results() {
    return results;
  }

  /** Whether results are held to the bf16 tolerance. */
  boolean narrow() {
    return narrow;
  }

  /** A forward result or loss: rtol 1e-4, atol 1e-5 of the largest element or of 1. */
  void forward(String key, float[] actual) throws IOException {
    forward(key, actual, narrow);
  }

  /** A forward result that is computed in fp32 whatever the precision. */
  void forwardInFp32(String key, float[] actual) throws IOException {
    forward(key, actual, false);
  }

  /** A forward result that another file than {@code io} holds. */
  void forwardOf(String file, String key, float[] actual) throws IOException {
    forward(file, key, actual, narrow);
  }

  private void forward(String key, float[] actual, boolean loose) throws IOException {
    forward("io", key, actual, loose);
  }

  private void forward(String file, String key, float[] actual, boolean loose) throws IOException {
    if (reference.has(file, key)) {
      float[] expected = reference.floats(file, key);
      double scale = Math.max(1, largest(expected));
      double relative = loose ? BF16 : 1e-4;
      double absolute = (loose ? BF16 : 1e-5) * scale;
      compare(file, key, expected, actual, relative, absolute);
    }
  }

  /** A number of a closed form: 1e-6 of itself. */
  void closedForm(String key, float[] actual) throws IOException {
    if (reference.has("io", key)) {
      compare("io", key, reference.floats("io", key), actual, 1e-6, Float.MIN_NORMAL);
    }
  }

  void forward(String key, double actual) throws IOException {
    forward(key, new float[] {(float) actual});
  }

  /**
   * A gradient: rtol 1e-3, atol 1e-5 of the largest element. In bf16 single elements are sums that
   * nearly cancel, so the distance of the whole tensor counts, as a share of its length.
   */
  void gradient(String file, String key, float[] actual) throws IOException {
    gradient(file, key, actual, narrow);
  }

  /** A gradient that is computed in fp32 whatever the precision. */
  void gradientInFp32(String file, String key, float[] actual) throws IOException {
    gradient(file, key, actual, false);
  }

  private void gradient(String file, String key, float[] actual, boolean loose) throws IOException {
    if (reference.has(file, key)) {
      float[] expected = reference.floats(file, key);
      if (loose) {
        whole(file, key, expected, actual, BF16_GRADIENT);
      } else {
        compare(file, key, expected, actual, 1e-3, 1e-5 * largest(expected));
      }
    }
  }

  /** The distance of a whole tensor, as a share of its length. */
  void whole(String file, String key, float[] expected, float[] actual, double limit) {
    Errors errors = new Errors(expected, actual);
    double squares = 0;
    double length = 0;
    if (errors.sameLength()) {
      for (int i = 0; i < expected.length; i++) {
        errors.add(i, Double.POSITIVE_INFINITY);
        squares += ((double) expected[i] - actual[i]) * ((double) expected[i] - actual[i]);
        length += (double) expected[i] * expected[i];
      }
    }
    double share = squares == 0 ? 0 : Math.sqrt(squares / length);
    boolean nothing = errors.sameLength() && Math.sqrt(squares) <= NOTHING;
    String rule = String.format(Locale.ROOT, "L2 distance %.0e of L2 norm", limit);
    String remark = String.format(Locale.ROOT, "L2 share %.1e", share);
    results.add(errors.result(file + "/" + key, rule, nothing || share <= limit, remark));
  }

  private void compare(
      String file, String key, float[] expected, float[] actual, double relative, double absolute) {
    double margin = reference.vanishes(file, key) ? VANISHING_MARGIN : MARGIN;
    double noise = margin * reference.noise(file, key);
    String rule = String.format(Locale.ROOT, "rtol %.0e, atol %.1e", relative, absolute);
    if (noise > absolute) {
      rule += String.format(Locale.ROOT, ", fp32 noise %.1e", noise);
    }
    Errors errors = new Errors(expected, actual);
    if (errors.sameLength()) {
      for (int i = 0; i < expected.length; i++) {
        errors.add(i, Math.max(noise, absolute + relative * Math.abs(expected[i])));
      }
    }
    results.add(errors.result(file + "/" + key, rule));
  }

  /**
   * Parameters after AdamW: 99.9 % within 1e-5, the rest within 2.5 learning rates, because where a
   * gradient is rounding noise a step still moves by about the learning rate. In bf16 gradients'
   * signs may differ from the first step on: within twice the rate a step.
   */
  void updated(String file, String key, float[] actual, double learningRate, int steps)
      throws IOException {
    if (!reference.has(file, key)) {
      return;
    }
    float[] expected = reference.floats(file, key);
    Errors errors = new Errors(expected, actual);
    double far = narrow ? 2.2 * steps * learningRate : FAR_RATES * learningRate;
    long allowed = narrow ? expected.length : (long) Math.ceil(FAR_SHARE * expected.length);
    long beyond = 0;
    if (errors.sameLength()) {
      for (int i = 0; i < expected.length; i++) {
        errors.add(i, far);
        beyond += Math.abs((double) expected[i] - actual[i]) > CLOSE_WEIGHT ? 1 : 0;
      }
    }
    String rule =
        narrow
            ? String.format(Locale.ROOT, "within %.1e", far)
            : String.format(Locale.ROOT, "99.9 %% within 1e-05, all within %.1e", far);
    String remark = beyond == 0 ? "" : beyond + " elements beyond 1e-05";
    results.add(errors.result(file + "/" + key, rule, beyond <= allowed, remark));
  }

  /**
   * A number of {@code expected.json}, compared in fp64.
   *
   * @param relative share of the expected number
   */
  void number(String name, double actual, double relative, double absolute) {
    if (reference.numbers().contains(name)) {
      numbers(
          ReferenceCase.EXPECTED + name,
          new double[] {reference.number(name)},
          new double[] {actual},
          relative,
          absolute);
    }
  }

  /** Numbers of a tensor, compared in fp64. */
  void doubles(String key, double[] actual, double relative, double absolute) throws IOException {
    if (reference.has("io", key)) {
      numbers("io/" + key, reference.doubles("io", key), actual, relative, absolute);
    }
  }

  private void numbers(
      String name, double[] expected, double[] actual, double relative, double absolute) {
    String rule = String.format(Locale.ROOT, "rtol %.0e, atol %.0e", relative, absolute);
    double difference = expected.length == actual.length ? 0 : Double.POSITIVE_INFINITY;
    double share = 0;
    boolean passed = difference == 0;
    for (int i = 0; passed && i < expected.length; i++) {
      double off = Math.abs(expected[i] - actual[i]);
      difference = Math.max(difference, off);
      share = Math.max(share, off == 0 ? 0 : off / Math.abs(expected[i]));
      passed = off <= relative * Math.abs(expected[i]) + absolute;
    }
    String remark = passed ? "" : "want " + shown(expected) + ", got " + shown(actual);
    results.add(new TensorResult(name, expected.length, difference, share, rule, passed, remark));
  }

  private static String shown(double[] values) {
    return values.length == 1 ? Double.toString(values[0]) : values.length + " other numbers";
  }

  /** Tokens, indices, masks: equal. */
  void exact(String key, long[] actual) throws IOException {
    exactOf("io", key, actual);
  }

  /** The same of another file than {@code io}. */
  void exactOf(String file, String key, long[] actual) throws IOException {
    if (reference.has(file, key)) {
      long[] expected = reference.longs(file, key);
      levels(file + "/" + key, toFloats(expected), toFloats(actual), 0, "exact");
    }
  }

  /** 8-bit images: within so many levels. */
  void levels(String key, byte[] actual, int levels) throws IOException {
    if (reference.has("io", key)) {
      String rule = levels == 0 ? "exact" : "within " + levels + " level";
      float[] expected = toFloats(reference.bytes("io", key));
      levels("io/" + key, expected, toFloats(actual), levels, rule);
    }
  }

  private void levels(String name, float[] expected, float[] actual, int levels, String rule) {
    Errors errors = new Errors(expected, actual);
    if (errors.sameLength()) {
      for (int i = 0; i < expected.length; i++) {
        errors.add(i, levels);
      }
    }
    results.add(errors.result(name, rule));
  }

  /** Adds a result of a rule of its own. */
  void add(TensorResult result) {
    results.add(result);
  }

  /** Element errors within the forward tolerance, over part of a tensor. */
  TensorResult part(String key, float[] expected, float[] actual, boolean[] counts) {
    return part(key, expected, actual, counts, 1);
  }

  /** The same within a multiple of the tolerance. */
  TensorResult part(
      String key, float[] expected, float[] actual, boolean[] counts, double multiple) {
    float[] counted = expected.clone();
    for (int i = 0; i < counted.length; i++) {
      counted[i] = counts[i] ? counted[i] : 0;
    }
    double scale = Math.max(1, largest(counted));
    double relative = multiple * (narrow ? BF16 : 1e-4);
    double absolute = multiple * (narrow ? BF16 : 1e-5) * scale;
    Errors errors = new Errors(expected, actual);
    for (int i = 0; i < expected.length; i++) {
      if (counts[i]) {
        errors.add(i, absolute + relative * Math.abs(expected[i]));
      }
    }
    String rule = String.format(Locale.ROOT, "rtol %.0e, atol %.1e", relative, absolute);
    return errors.result("io/" + key, rule);
  }

  static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static float[] toFloats(long[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i]; // below 2^24: codebook indices, class numbers
    }
    return floats;
  }

  private static float[] toFloats(byte[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i] & 0xff;
    }
    return floats;
  }
}
