package io.hybnext.tests.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What faults of one kind cost, beyond the median step.
 *
 * @param faults how many there were
 * @param lostMs sum of the times from each to the next commit
 * @param longestP50Ms median of the longest times without a commit from each to the next fault
 * @param longestMaxMs the longest of these
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Stalls(int faults, double lostMs, double longestP50Ms, double longestMaxMs) {}
