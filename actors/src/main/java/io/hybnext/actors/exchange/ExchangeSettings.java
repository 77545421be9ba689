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
 * @param datagramBytes largest datagram, a multiple of 32 up to 65,504
 * @param pieceLength elements of a datagram; with its header it fits both lengths above
 * @param encryption which messages are sealed
 * @param clock time for both limits
 * @param wire how gradients travel; every member of a run needs the same
 */
public record ExchangeSettings(
    Duration connectLimit,
    Duration silenceLimit,
    int termLengthBytes,
    int datagramBytes,
    int pieceLength,
    Encryption encryption,
    NanoClock clock,
    WireFormat wire) {
  private static final int OVERHEAD = Frame.HEADER_BYTES + MessageSeal.OVERHEAD;

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
    check(
        datagramBytes >= 1024
            && datagramBytes <= Channels.LARGEST_DATAGRAM
            && datagramBytes % 32 == 0,
        "datagram",
        datagramBytes,
        "a multiple of 32 from 1024 to " + Channels.LARGEST_DATAGRAM);
    int largest = Channels.largestMessage(termLengthBytes, datagramBytes);
    check(
        pieceLength >= 8 && OVERHEAD + pieceLength * 4L <= largest,
        "piece-length",
        pieceLength,
        "8 to " + (largest - OVERHEAD) / 4 + " with this datagram and term-length");
  }

  /** What suits one host: 8 MiB terms, a minute to connect, a minute of silence. */
  public static ExchangeSettings defaults() {
    return new ExchangeSettings(
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        8 << 20,
        Channels.LARGEST_DATAGRAM,
        Pieces.DEFAULT_LENGTH,
        Encryption.BETWEEN_HOSTS,
        SystemNanoClock.INSTANCE,
        WireFormat.FP32);
  }

  /** The same with other limits. */
  public ExchangeSettings withLimits(Duration connect, Duration silence) {
    return new ExchangeSettings(
        connect, silence, termLengthBytes, datagramBytes, pieceLength, encryption, clock, wire);
  }

  /** The same with another term length, and with pieces short enough for it. */
  public ExchangeSettings withTermLength(int bytes) {
    return withLengths(bytes, datagramBytes);
  }

  /** The same with other datagrams, and with pieces short enough for them. */
  public ExchangeSettings withDatagram(int bytes) {
    return withLengths(termLengthBytes, bytes);
  }

  private ExchangeSettings withLengths(int term, int datagram) {
    int room = (Channels.largestMessage(term, datagram) - OVERHEAD) / Float.BYTES;
    int piece = Math.min(pieceLength, room / 8 * 8);
    return new ExchangeSettings(
        connectLimit, silenceLimit, term, datagram, piece, encryption, clock, wire);
  }

  /** The same with another clock. */
  public ExchangeSettings withClock(NanoClock other) {
    return new ExchangeSettings(
        connectLimit,
        silenceLimit,
        termLengthBytes,
        datagramBytes,
        pieceLength,
        encryption,
        other,
        wire);
  }

  /** The same with another format of gradients on the wire. */
  public ExchangeSettings withWire(WireFormat format) {
    return new ExchangeSettings(
        connectLimit,
        silenceLimit,
        termLengthBytes,
        datagramBytes,
        pieceLength,
        encryption,
        clock,
        format);
  }

  /** The same with pieces of another length. */
  ExchangeSettings withPieceLength(int length) {
    return new ExchangeSettings(
        connectLimit,
        silenceLimit,
        termLengthBytes,
        datagramBytes,
        length,
        encryption,
        clock,
        wire);
  }

  /** The same with other messages sealed. */
  public ExchangeSettings withEncryption(Encryption other) {
    return new ExchangeSettings(
        connectLimit,
        silenceLimit,
        termLengthBytes,
        datagramBytes,
        pieceLength,
        other,
        clock,
        wire);
  }

  /** Shortest term that a piece fits. */
  int shortestTermBytes() {
    int term = 1 << 16;
    while (Channels.largestMessage(term, datagramBytes) < OVERHEAD + pieceLength * Float.BYTES) {
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
