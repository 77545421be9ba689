package io.hybnext.ops.gate;

import io.hybnext.config.GateSettings;
import java.util.Locale;
import java.util.OptionalDouble;

/** Decides on figures; see {@code evaluation.gate} of reference.conf. */
final class GateRule {
  private final GateSettings settings;

  GateRule(GateSettings settings) {
    this.settings = settings;
  }

  /**
   * What was measured; null where it was not.
   *
   * @param nll on the fixed set
   * @param kid to the fixed set
   * @param newestNll on the newest items
   * @param newestKid to the newest items
   */
  record Figures(Double nll, Double kid, Double newestNll, Double newestKid) {}

  /**
   * What it is compared with.
   *
   * @param nll the best of the accepted ones
   * @param kid the best of the accepted ones
   * @param newestNll of the current checkpoint on the same newest items
   */
  record Reference(OptionalDouble nll, OptionalDouble kid, OptionalDouble newestNll) {
    /** Of a run's first checkpoint. */
    static final Reference NONE =
        new Reference(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
  }

  /**
   * A decision.
   *
   * @param reason one sentence
   */
  record Decision(boolean accepted, String reason) {}

  Decision decide(Figures now, Reference before) {
    if (!Double.isFinite(now.nll())) {
      return refused("NLL on held-out items is not finite");
    }
    double bound = bound(before.nll(), settings.forgetting());
    if (now.nll() > bound) {
      return refused(
          "it forgets: held-out NLL %.4f, best %.4f, bound %.4f",
          now.nll(), before.nll().getAsDouble(), bound);
    }
    if (now.kid() != null && before.kid().isPresent()) {
      double most = before.kid().getAsDouble() + settings.kidMargin();
      if (!(now.kid() <= most)) {
        return refused(
            "pictures got worse: KID %.4f, best %.4f, bound %.4f",
            now.kid(), before.kid().getAsDouble(), most);
      }
    }
    if (now.newestNll() != null) {
      double most = bound(before.newestNll(), settings.newestMargin());
      if (!(now.newestNll() <= most)) {
        return refused(
            "it is worse on the newest items: NLL %.4f, the current one has %.4f, bound %.4f",
            now.newestNll(), before.newestNll().getAsDouble(), most);
      }
    }
    return new Decision(true, text("held-out NLL %.4f", now.nll()));
  }

  private static double bound(OptionalDouble before, double share) {
    return before.isPresent() ? before.getAsDouble() * (1 + share) : Double.POSITIVE_INFINITY;
  }

  private static Decision refused(String format, Object... values) {
    return new Decision(false, text(format, values));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
