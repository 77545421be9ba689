package io.hybnext.actors.cluster;

import java.util.Optional;

/**
 * What processes compare before they work together. Releases with the same protocol run together in
 * one cluster, so that machines can be upgraded one after the other: messages may gain fields,
 * which older releases do not look at.
 *
 * @param protocol number of the language between coordinator and trainers; grows when an older
 *     process would misunderstand a newer one, in the messages or in the gradient exchange
 * @param release what people know it by
 */
record ProtocolVersion(int protocol, String release) {
  /** What processes say that do not know that there are versions: nothing. */
  static final ProtocolVersion UNKNOWN = new ProtocolVersion(0, "before 0.1.0");

  /** That of this code. */
  static final ProtocolVersion OWN = new ProtocolVersion(2, Release.NUMBER);

  /** The version that a message carries, or {@link #UNKNOWN} for null. */
  static ProtocolVersion of(ProtocolVersion said) {
    return said == null ? UNKNOWN : said;
  }

  /**
   * Why a trainer of another version cannot work for a coordinator of this one.
   *
   * @param trainer its name
   * @return a sentence with both versions; empty when it can
   */
  Optional<String> refusal(String trainer, ProtocolVersion other) {
    if (other.protocol == protocol) {
      return Optional.empty();
    }
    boolean trainerIsOlder = other.protocol < protocol;
    return Optional.of(
        trainer
            + " is hybnext "
            + other
            + ", and the coordinator is hybnext "
            + this
            + ": they cannot work together; upgrade the "
            + (trainerIsOlder ? "trainer" : "coordinator"));
  }

  @Override
  public String toString() {
    return release + " (protocol " + protocol + ")";
  }
}
