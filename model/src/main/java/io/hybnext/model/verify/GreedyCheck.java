package io.hybnext.model.verify;

import java.io.IOException;

/**
 * A greedy continuation and the logits of its steps. In bf16 two close logits may change places,
 * and from there on the text is another one: such a symbol is accepted when the reference's own
 * logits of both are within the tolerance of each other; logits count up to it.
 */
final class GreedyCheck {
  private static final double NARROW = 2e-2;

  /** PyTorch's own bf16 run of qwen3-backbone is 2.3e-2 of its fp32 logits' norm away from them. */
  private static final double NARROW_LOGITS = 5e-2;

  private final ReferenceCase reference;
  private final Comparison compare;

  GreedyCheck(ReferenceCase reference, Comparison compare) {
    this.reference = reference;
    this.compare = compare;
  }

  /**
   * Compares.
   *
   * @param idKey recorded ids, the prompt included
   * @param logitKey recorded logits (steps, V)
   * @param prompt number of ids that were given
   */
  void check(String idKey, long[] ids, String logitKey, float[] logits, int prompt)
      throws IOException {
    if (!compare.narrow()) {
      compare.exact(idKey, ids);
      compare.forward(logitKey, logits);
      return;
    }
    long[] wanted = reference.longs("io", idKey);
    float[] wantedLogits = reference.floats("io", logitKey);
    int vocabulary = (int) reference.shape("io", logitKey)[1];
    double margin = 2 * NARROW * Math.max(1, Comparison.largest(wantedLogits));
    float[] seen = new float[wantedLogits.length]; // 0 behind the parting, as in what is wanted
    float[] sought = new float[wantedLogits.length];
    boolean accepted = ids.length == wanted.length;
    int equal = prompt;
    for (int at = prompt; accepted && at < ids.length; at++, equal++) {
      int step = (at - prompt) * vocabulary;
      System.arraycopy(logits, step, seen, step, vocabulary);
      System.arraycopy(wantedLogits, step, sought, step, vocabulary);
      if (ids[at] != wanted[at]) {
        double lead = wantedLogits[step + (int) wanted[at]] - wantedLogits[step + (int) ids[at]];
        accepted = lead <= margin;
        break;
      }
    }
    String rule = "equal, or parted where two logits are close";
    String remark = equal + " equal";
    compare.add(new TensorResult("io/" + idKey, ids.length, 0, 0, rule, accepted, remark));
    compare.whole("io", logitKey, sought, seen, NARROW_LOGITS);
  }
}
