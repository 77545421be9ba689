package io.hybnext.model.verify;

import java.util.Locale;

/**
 * How close one recomputed tensor is to the reference.
 *
 * @param name file and key, e.g. {@code io/train_loss}
 * @param elements how many were compared
 * @param maxAbsolute largest absolute difference
 * @param maxRelative largest difference relative to the expected element, of those elements that
 *     reach a thousandth of the largest
 * @param tolerance the rule, in words
 * @param passed whether every element is within it
 * @param remark what else there is to know; empty for nothing
 */
public record TensorResult(
    String name,
    long elements,
    double maxAbsolute,
    double maxRelative,
    String tolerance,
    boolean passed,
    String remark) {

  @Override
  public String toString() {
    String line =
        String.format(
            Locale.ROOT,
            "%-6s %-52s %8d elements  max abs %.2e  max rel %.2e  (%s)",
            passed ? "ok" : "FAILED",
            name,
            elements,
            maxAbsolute,
            maxRelative,
            tolerance);
    return remark.isEmpty() ? line : line + "  " + remark;
  }
}
