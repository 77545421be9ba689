package io.hybnext.config;

import java.time.Duration;

/**
 * The {@code exchange} section of reference.conf. Gradient exchange over Aeron.
 *
 * @param transport shared memory or UDP
 * @param host interface address that UDP binds to; empty = that of the cluster
 * @param port first UDP port; 0 = any free one
 * @param encryption which messages are sealed
 * @param datagramBytes largest datagram
 * @param termLengthBytes term buffer of a stream
 * @param timeout how long a silent member is waited for
 * @param wire how gradients travel
 */
public record ExchangeSettings(
    Transport transport,
    String host,
    int port,
    Encryption encryption,
    long datagramBytes,
    long termLengthBytes,
    Duration timeout,
    Wire wire) {

  /** What carries the messages. */
  public enum Transport {
    IPC,
    UDP
  }

  /** Which messages are sealed. */
  public enum Encryption {
    BETWEEN_HOSTS,
    ALWAYS,
    NEVER
  }

  /** Numbers that gradients are sent as. */
  public enum Wire {
    FP32,
    BF16
  }

  /** Checks every value. */
  public ExchangeSettings {
    Rule.between("exchange.port", port, 0, 65000);
    Rule.check(
        datagramBytes >= 1024 && datagramBytes <= 65504 && datagramBytes % 32 == 0,
        "exchange.datagram",
        datagramBytes,
        "a multiple of 32 from 1024 to 65504");
    Rule.check(
        termLengthBytes >= 1 << 16
            && termLengthBytes <= 1 << 30
            && Long.bitCount(termLengthBytes) == 1,
        "exchange.term-length",
        termLengthBytes,
        "a power of two from 64 KiB to 1 GiB");
    Rule.check(
        timeout.compareTo(Duration.ofSeconds(1)) >= 0
            && timeout.compareTo(Duration.ofHours(1)) <= 0,
        "exchange.timeout",
        timeout,
        "from 1 s to 1 h");
  }
}
