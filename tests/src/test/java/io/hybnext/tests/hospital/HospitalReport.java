package io.hybnext.tests.hospital;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What became of the studies.
 *
 * @param test name of the executable
 * @param seed of pictures and moments
 * @param p50S median time from the end of a study's C-STORE to the first committed step that uses
 *     it, seconds
 * @param p99S its 99th percentile
 * @param maxS the longest
 * @param studies sent and taken by the server
 * @param lost of them in no committed step
 * @param doubled stored more than once
 * @param agree whether files, segments and the database's ledger list the same items
 * @param faults kills of server, database, trainer and ingestion
 * @param steps committed while studies were sent
 * @param seconds from the first study to the last step counted
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record HospitalReport(
    String test,
    long seed,
    double p50S,
    double p99S,
    double maxS,
    int studies,
    int lost,
    int doubled,
    boolean agree,
    int faults,
    long steps,
    double seconds) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double P99_S = 10;

  /** Whether every promise is kept. */
  boolean isKept() {
    return lost == 0 && doubled == 0 && agree && p99S <= P99_S;
  }

  /** The one line. */
  String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
