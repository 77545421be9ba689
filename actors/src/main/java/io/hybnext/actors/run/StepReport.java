package io.hybnext.actors.run;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import java.util.List;

/**
 * What one trainer tells of one step. Loss terms, norm, tokens and {@code applied} are of the whole
 * global batch and the same on every member; times are the member's own.
 *
 * @param step number of the step, from 0
 * @param nll next-token loss, nats a token
 * @param gva 1 - cosine of the alignment, before lambda
 * @param zLoss z-loss before its weight
 * @param tokens predicted image tokens
 * @param gradientNorm L2 norm of the mean gradient, before clipping
 * @param applied false when the norm was not finite, so that no weight changed
 * @param learningRate of this step
 * @param computeNs forward and backward
 * @param exchangeNs waiting for other members
 * @param dataWaitNs waiting for batches
 * @param stepNs the whole step
 * @param doneMs when the member had the result, milliseconds since 1970 by its host's clock; 0 from
 *     releases that do not tell
 * @param items this member's items of a step that was not applied; else empty
 */
public record StepReport(
    long step,
    double nll,
    double gva,
    double zLoss,
    long tokens,
    double gradientNorm,
    boolean applied,
    double learningRate,
    long computeNs,
    long exchangeNs,
    long dataWaitNs,
    long stepNs,
    long doneMs,
    List<Long> items) {

  /** Copies the list. */
  public StepReport {
    items = List.copyOf(items);
  }

  /**
   * What a member tells of a step.
   *
   * @param result what the exchange made of it
   * @param stepNs the whole step; 0 when it was completed by other means
   */
  public static StepReport of(
      long step,
      StepResult result,
      double learningRate,
      long computeNs,
      long dataWaitNs,
      long stepNs,
      long doneMs,
      List<Long> items) {
    return new StepReport(
        step,
        result.loss().nll(),
        result.loss().gva(),
        result.loss().zLoss(),
        result.loss().tokens(),
        result.gradientNorm(),
        result.applied(),
        learningRate,
        computeNs,
        result.waitNs(),
        dataWaitNs,
        stepNs,
        doneMs,
        items);
  }

  /** The same with another {@code doneMs}. */
  StepReport doneAt(long timeMs) {
    return new StepReport(
        step,
        nll,
        gva,
        zLoss,
        tokens,
        gradientNorm,
        applied,
        learningRate,
        computeNs,
        exchangeNs,
        dataWaitNs,
        stepNs,
        timeMs,
        items);
  }

  /** Whether both tell the same of the step, bit for bit. */
  public boolean agreesWith(StepReport other) {
    return step == other.step
        && same(nll, other.nll)
        && same(gva, other.gva)
        && same(zLoss, other.zLoss)
        && tokens == other.tokens
        && same(gradientNorm, other.gradientNorm)
        && applied == other.applied;
  }

  private static boolean same(double a, double b) {
    return Double.compare(a, b) == 0;
  }
}
