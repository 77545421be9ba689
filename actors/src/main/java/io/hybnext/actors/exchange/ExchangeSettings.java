package io.hybnext.actors.exchange;

import java.time.Duration;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * How a member exchanges gradients; every member of a run needs the same {@code pieceLength}.
 *
 * @param connectLimit how long the first step waits until every member is there
 * @param silenceLimit how long a member that others wait for may say nothing before the step fails
 * @param termLengthBytes length of the terms of Aeron's logs, a power of two; taken smaller when
 *     shared memory is short. Three of them make a log. 4 to 16 MiB measured best
 * @param pieceLength elements of a datagram; with its header it fits {@code termLengthBytes / 8}
 * @param clock time for both limits
 */
public record ExchangeSettings(
    Duration connectLimit,
    Duration silenceLimit,
    int termLengthBytes,
    int pieceLength,
    NanoClock clock) {
  /** Checks the values. */
  public ExchangeSettings {
    check(connectLimit.toNanos() > 0, "connect-limit", connectLimit, "more than 0");
    check(silenceLimit.toNanos() > 0, "silence-limit", silenceLimit, "more than 0");
    check(
        termLengthBytes >= 1 << 16
            && termLengthBytes <= 1 << 30
            && Integer.bitCount(termLengthBytes) == 1,
        "term-length",
        termLengthBytes,
        "a power of two from 64 KiB to 1 GiB");
    int largest = Channels.largestMessage(termLengthBytes);
    check(
        pieceLength >= 8 && Frame.HEADER_BYTES + pieceLength * 4L <= largest,
        "piece-length",
        pieceLength,
        "8 to " + (largest - Frame.HEADER_BYTES) / 4 + " with this term-length");
  }

  /** What suits one host: 8 MiB terms, a minute to connect, a minute of silence. */
  public static ExchangeSettings defaults() {
    return new ExchangeSettings(
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        8 << 20,
        Pieces.DEFAULT_LENGTH,
        SystemNanoClock.INSTANCE);
  }

  /** The same with other limits. */
  public ExchangeSettings withLimits(Duration connect, Duration silence) {
    return new ExchangeSettings(connect, silence, termLengthBytes, pieceLength, clock);
  }

  /** The same with another term length, and with pieces short enough for it. */
  public ExchangeSettings withTermLength(int bytes) {
    int room = (Channels.largestMessage(bytes) - Frame.HEADER_BYTES) / Float.BYTES;
    int piece = Math.min(pieceLength, room / 8 * 8);
    return new ExchangeSettings(connectLimit, silenceLimit, bytes, piece, clock);
  }

  /** The same with another clock. */
  public ExchangeSettings withClock(NanoClock other) {
    return new ExchangeSettings(connectLimit, silenceLimit, termLengthBytes, pieceLength, other);
  }

  /** The same with pieces of another length. */
  ExchangeSettings withPieceLength(int length) {
    return new ExchangeSettings(connectLimit, silenceLimit, termLengthBytes, length, clock);
  }

  /** Shortest term that a piece fits. */
  int shortestTermBytes() {
    int term = 1 << 16;
    while (Channels.largestMessage(term) < Frame.HEADER_BYTES + pieceLength * Float.BYTES) {
      term <<= 1;
    }
    return term;
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("exchange." + key + " = " + value + ": want " + rule);
    }
  }
}
