package io.hybnext.model.tokenizer.training;

import io.hybnext.model.tokenizer.ParameterLayout;
import io.hybnext.model.tokenizer.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes the kernel that applies one gradient to a flat array of parameters: Muon for convolution
 * weights whose matrix (out, in * k * k) has both sides at least 16 long, fused AdamW for the rest.
 */
final class OptimiserText {
  private static final int SHORTEST_MUON_SIDE = 16;

  private OptimiserText() {}

  /**
   * Text of {@code method(flat, gradient, first, second, count, rate)}; all but {@code count} and
   * {@code rate}, single values, have the layout's length and are changed in place.
   */
  static String of(
      String method,
      ParameterLayout layout,
      boolean muon,
      double beta1,
      double beta2,
      double weightDecay) {
    List<Integer> matrices = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      (muon && isMatrix(parameters.get(i)) ? matrices : others).add(i);
    }
    StringBuilder text = new StringBuilder();
    text.append("  def ")
        .append(method)
        .append("(self: __torch__.Kernels, flat: Tensor, gradient: Tensor, first: Tensor,")
        .append(" second: Tensor, count: Tensor, rate: Tensor) -> Tensor:\n");
    for (String[] pair :
        new String[][] {{"w", "flat"}, {"g", "gradient"}, {"m", "first"}, {"v", "second"}}) {
      text.append("    ").append(pair[0]).append(" = torch.split_with_sizes(").append(pair[1]);
      text.append(", ").append(layout.sizes()).append(")\n");
    }
    if (!matrices.isEmpty()) {
      text.append("    r = (self).muon(")
          .append(matrices(parameters, matrices, "w"))
          .append(", ")
          .append(matrices(parameters, matrices, "g"))
          .append(", ")
          .append(matrices(parameters, matrices, "m"))
          .append(", rate)\n");
    }
    text.append("    none = annotate(List[Tensor], [])\n")
        .append("    torch.add_(count, 1)\n    torch._fused_adamw_(")
        .append(elements(others, "w"))
        .append(", ")
        .append(elements(others, "g"))
        .append(", ")
        .append(elements(others, "m"))
        .append(", ")
        .append(elements(others, "v"))
        .append(", none, [")
        .append(String.join(", ", others.stream().map(i -> "count").toList()))
        .append("], lr=rate, beta1=")
        .append(decimal(beta1))
        .append(", beta2=")
        .append(decimal(beta2))
        .append(", weight_decay=")
        .append(decimal(weightDecay))
        .append(", eps=1e-08, amsgrad=False, maximize=False)\n")
        .append("    return count\n");
    return text.toString();
  }

  private static boolean isMatrix(Parameter p) {
    if (p.shape().size() != 4) {
      return false;
    }
    long rows = p.shape().get(0);
    return Math.min(rows, p.length() / rows) >= SHORTEST_MUON_SIDE;
  }

  private static String matrices(List<Parameter> parameters, List<Integer> which, String list) {
    return which.stream()
        .map(
            i ->
                "torch.view("
                    + list
                    + "["
                    + i
                    + "], ["
                    + parameters.get(i).shape().get(0)
                    + ", -1])")
        .toList()
        .toString();
  }

  private static String elements(List<Integer> which, String list) {
    return which.stream().map(i -> list + "[" + i + "]").toList().toString();
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.12f", value);
  }
}
