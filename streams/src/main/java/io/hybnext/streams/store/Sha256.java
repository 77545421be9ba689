package io.hybnext.streams.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in hex, the one hash of the store. */
public final class Sha256 {
  private static final int SHORT_LENGTH = 16;

  private Sha256() {}

  /** A fresh digest. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** Hash of bytes, 64 hex digits. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /** Hash of a buffer's remaining bytes, 64 hex digits; its position does not move. */
  public static String hex(ByteBuffer bytes) {
    MessageDigest digest = digest();
    digest.update(bytes.duplicate());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** First 16 hex digits of a text's hash. */
  public static String shortHex(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, SHORT_LENGTH);
  }
}
