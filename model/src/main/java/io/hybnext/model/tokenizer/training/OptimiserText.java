package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatLayout.Parameter;
import io.hybnext.model.network.FlatParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the kernel that applies one gradient to a flat array of parameters: Muon for convolution
 * weights whose matrix (out, in * k * k) has both sides at least 16 long, AdamW for the rest.
 */
final class OptimiserText {
  private static final int SHORTEST_MUON_SIDE = 16;

  private OptimiserText() {}

  /**
   * Constants of AdamW.
   *
   * @param beta1 decay of the mean gradient
   * @param beta2 decay of the mean squared gradient
   * @param weightDecay per step, times the rate
   */
  record AdamW(double beta1, double beta2, double weightDecay) {}

  /** The text of {@code adamw} for a module; other methods of it can be appended. */
  static KernelSource adamw(AdamW constants) {
    return KernelSource.resource(OptimiserText.class, "adamw.ts")
        .with("beta1", constants.beta1())
        .with("beta2", constants.beta2())
        .with("take1", 1 - constants.beta1())
        .with("take2", 1 - constants.beta2())
        .with("weight_decay", constants.weightDecay());
  }

  /**
   * Text of {@code method(flat, gradient, first, second, count, rate)}; all but {@code count} and
   * {@code rate}, single values, have the layout's length and are changed in place. Needs {@code
   * adamw}, and {@code muon} where it is used, in the same module.
   */
  static String of(String method, FlatLayout layout, boolean muon) {
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
      String lists =
          String.join(
              ", ",
              matrices(parameters, matrices, "w"),
              matrices(parameters, matrices, "g"),
              matrices(parameters, matrices, "m"));
      text.append("    r = (self).muon(").append(lists).append(", rate)\n");
    }
    String lists =
        String.join(
            ", ",
            elements(others, "w"),
            elements(others, "g"),
            elements(others, "m"),
            elements(others, "v"));
    text.append("    return (self).adamw(").append(lists).append(", count, rate)\n");
    return text.toString();
  }

  /**
   * Calls a method whose text {@link #of} wrote.
   *
   * @param gradient (layout length)
   * @param rate a single value
   */
  static void apply(
      KernelModule kernels,
      String method,
      Scope step,
      FlatParameters parameters,
      Array gradient,
      Array rate) {
    kernels.call(
        step,
        method,
        parameters.values(),
        gradient,
        parameters.firstMoment(),
        parameters.secondMoment(),
        parameters.count(),
        rate);
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
}
