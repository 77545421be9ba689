package io.hybnext.tests.health;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;

/**
 * What the faults came to.
 *
 * @param test name of the executable
 * @param seed of order and victims
 * @param injected faults
 * @param right those of which the run said in time who and what, and of nobody else anything
 * @param share of them
 * @param p50S median time from a fault to the word, seconds
 * @param p99S 99th percentile
 * @param calmS seconds without a fault
 * @param falseAlarms words in that time
 * @param seconds median time to the word, by kind
 * @param wrong what was not right, in words
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record HealthReport(
    String test,
    long seed,
    int injected,
    int right,
    double share,
    double p50S,
    double p99S,
    double calmS,
    int falseAlarms,
    Map<String, Double> seconds,
    List<String> wrong) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double SHARE_ASKED = 0.97;

  /** Whether enough was right, and nothing was told without a fault. */
  boolean isKept() {
    return share >= SHARE_ASKED && falseAlarms == 0;
  }

  /** The one line. */
  String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
