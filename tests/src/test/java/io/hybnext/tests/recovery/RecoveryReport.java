package io.hybnext.tests.recovery;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What kills cost.
 *
 * @param test name of the executable
 * @param seed of the choice of victims and moments
 * @param kills of trainers
 * @param members that trained on after each
 * @param medianStepMs from one commit to the next, in all
 * @param stallP50Ms median over kills of the longest time without a commit around it, beyond the
 *     median step
 * @param stallP99Ms its 99th percentile
 * @param stallMaxMs the longest
 * @param announceP50Ms median time from the news of a death to the next generation's announcement
 * @param openP50Ms until its members had stopped and opened the exchange
 * @param settleP50Ms until they held the same state
 * @param firstStepP50Ms from then until a step was committed
 * @param rejoinS median time from the launch of a replacement until a step is committed that it
 *     took part in, with {@code parameters}
 * @param rejoins how many were measured
 * @param parameters of the network of those
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RecoveryReport(
    String test,
    long seed,
    int kills,
    int members,
    double medianStepMs,
    double stallP50Ms,
    double stallP99Ms,
    double stallMaxMs,
    double announceP50Ms,
    double openP50Ms,
    double settleP50Ms,
    double firstStepP50Ms,
    double rejoinS,
    int rejoins,
    long parameters) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double P50_MS = 100;
  private static final double P99_MS = 1_000;
  private static final double REJOIN_S = 5;

  /** Whether every figure is as promised, of those that were measured. */
  public boolean isKept() {
    return (kills == 0 || (stallP50Ms <= P50_MS && stallP99Ms <= P99_MS))
        && (rejoins == 0 || rejoinS <= REJOIN_S);
  }

  /** The one line. */
  public String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
