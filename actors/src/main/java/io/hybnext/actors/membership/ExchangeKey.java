package io.hybnext.actors.membership;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of a generation, from which each member's key for sealing its gradient messages is
 * derived. The coordinator hands it out with the generation. Its text form tells nothing.
 *
 * @param hex 64 hexadecimal digits, or empty for {@link #NONE}
 */
public record ExchangeKey(String hex) {
  /** No key: messages go in the clear. */
  public static final ExchangeKey NONE = new ExchangeKey("");

  /** Bytes of a key. */
  public static final int BYTES = 32;

  private static final String MAC = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Checks the length and the digits. */
  public ExchangeKey {
    if (!hex.isEmpty() && HexFormat.of().parseHex(hex).length != BYTES) {
      throw new IllegalArgumentException(
          "an exchange key has " + hex.length() + " digits: want 64");
    }
  }

  /** A key that nobody can guess. */
  public static ExchangeKey random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new ExchangeKey(HexFormat.of().formatHex(bytes));
  }

  /** Whether this is {@link #NONE}. */
  public boolean isNone() {
    return hex.isEmpty();
  }

  /**
   * The key for one purpose: the expand step of HKDF (RFC 5869) with HMAC-SHA-256, of which one
   * block is as long as a key.
   *
   * @param purpose different for every use
   * @throws IllegalStateException for {@link #NONE}
   */
  public ExchangeKey derive(String purpose) {
    if (isNone()) {
      throw new IllegalStateException("no key to derive one for " + purpose);
    }
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(bytes(), MAC));
      mac.update(purpose.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 1);
      return new ExchangeKey(HexFormat.of().formatHex(mac.doFinal()));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every Java has " + MAC, missing);
    }
  }

  /** The {@value #BYTES} bytes; a new array. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** Shows whether there is a key, not which. */
  @Override
  public String toString() {
    return isNone() ? "no key" : "a key";
  }
}
