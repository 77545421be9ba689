package io.hybnext.ops.http;

import java.time.Duration;

/**
 * How much of a server one caller, and all together, can take.
 *
 * @param connections at a time, over all callers; more wait to be accepted
 * @param streams of events at a time, over all callers
 * @param bodyBytes of a request
 * @param idle how long a connection may take to send a whole request, or to take a whole answer
 * @param burst requests of a caller at once
 * @param perSecond requests of a caller from then on
 * @param wrongTokens of a caller a minute
 */
public record HttpLimits(
    int connections,
    int streams,
    int bodyBytes,
    Duration idle,
    int burst,
    double perSecond,
    int wrongTokens) {

  /** For people who look at pages: a page is some 80 requests. */
  public static final HttpLimits DEFAULTS =
      new HttpLimits(128, 48, 4096, Duration.ofSeconds(15), 300, 30, 10);
}
