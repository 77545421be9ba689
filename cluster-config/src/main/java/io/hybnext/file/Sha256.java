package io.hybnext.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in hex, the one hash that files, stored items and settings are told apart by. */
public final class Sha256 {
  private static final int SHORT_LENGTH = 16;
  private static final int BLOCK_BYTES = 1 << 18;

  private final MessageDigest digest;

  /** Starts a hash over several parts. */
  public Sha256() {
    this(digest());
  }

  private Sha256(MessageDigest digest) {
    this.digest = digest;
  }

  /** A hash of the same parts so far, to go on with apart from this one. */
  public Sha256 copy() {
    try {
      return new Sha256((MessageDigest) digest.clone());
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException("Java's own SHA-256 can be copied", impossible);
    }
  }

  /** Appends bytes. */
  public Sha256 add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Appends a text as UTF-8. */
  public Sha256 add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends a buffer's remaining bytes; its position does not move. */
  public Sha256 add(ByteBuffer bytes) {
    digest.update(bytes.duplicate());
    return this;
  }

  /** Appends the content of a file, which is read block by block. */
  public Sha256 add(Path file) throws IOException {
    return add(Disk.LOCAL, file);
  }

  /** Appends the content of a file on any disk. */
  public Sha256 add(Disk disk, Path file) throws IOException {
    try (InputStream in = disk.open(file)) {
      byte[] block = new byte[(int) Math.min(BLOCK_BYTES, Math.max(1, disk.sizeBytes(file)))];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
    }
    return this;
  }

  /** The hash of all parts, 64 hex digits; ends this object's use. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Hash of bytes, 64 hex digits. */
  public static String hex(byte[] bytes) {
    return new Sha256().add(bytes).hex();
  }

  /** Hash of a buffer's remaining bytes, 64 hex digits; its position does not move. */
  public static String hex(ByteBuffer bytes) {
    return new Sha256().add(bytes).hex();
  }

  /** First 16 hex digits of a text's hash. */
  public static String shortHex(String text) {
    return new Sha256().add(text).hex().substring(0, SHORT_LENGTH);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
