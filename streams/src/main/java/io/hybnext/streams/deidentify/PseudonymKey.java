package io.hybnext.streams.deidentify;

import io.hybnext.streams.source.SourceException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Replaces identifiers by keyed hashes (HMAC-SHA-256): the same identifier always by the same
 * pseudonym, and nobody without the key can tell from which, or try them all. Thread-safe.
 */
public final class PseudonymKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int UUID_BYTES = 16;

  private final byte[] key;

  private PseudonymKey(byte[] key) {
    this.key = key;
  }

  /** A key of these bytes, at least 32. */
  public static PseudonymKey of(byte[] key) {
    if (key.length < KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + key.length + " bytes: want at least " + KEY_BYTES);
    }
    return new PseudonymKey(key.clone());
  }

  /**
   * The key in a file, 64 hex digits; a random one is made where there is no file, for its owner
   * alone to read.
   *
   * @throws SourceException when the file cannot be read or made, or holds something else
   */
  public static PseudonymKey load(Path file) {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (text.matches("[0-9a-fA-F]{64,}") && text.length() % 2 == 0) {
        return new PseudonymKey(HexFormat.of().parseHex(text));
      }
      throw new IOException("it holds no 64 hex digits");
    } catch (IOException error) {
      throw new SourceException(
          "The key of pseudonyms "
              + file
              + " cannot be used ("
              + error.getMessage()
              + "): name a file that this user may read, or one that may be made.",
          error);
    }
  }

  /** {@link #load} at the first call, so that a source without identifiers needs no key. */
  public static Supplier<PseudonymKey> lazily(Path file) {
    return new Supplier<>() {
      private PseudonymKey loaded;

      @Override
      public synchronized PseudonymKey get() {
        loaded = loaded == null ? load(file) : loaded;
        return loaded;
      }
    };
  }

  /** Another process may make it at the same moment: the first one counts. */
  private static void create(Path file) throws IOException {
    byte[] fresh = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(fresh);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".key-", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        String text = HexFormat.of().formatHex(fresh) + "\n";
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException other) {
      // read next
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Tells keys apart without telling the key: 16 hex digits. */
  public String fingerprint() {
    return HexFormat.of().formatHex(hash("key", ""), 0, 8);
  }

  /**
   * The UID that stands for another: below 2.25, from a UUID of version 8 (PS3.5 B.2). A UID that
   * is such a pseudonym already is not told apart and gets another one.
   */
  public String uid(String uid) {
    byte[] uuid = Arrays.copyOf(hash("uid", uid.strip()), UUID_BYTES);
    uuid[6] = (byte) ((uuid[6] & 0x0F) | 0x80);
    uuid[8] = (byte) ((uuid[8] & 0x3F) | 0x80);
    return "2.25." + new BigInteger(1, uuid);
  }

  /** What stands for a name or a path: 32 hex digits. */
  public String name(String text) {
    return HexFormat.of().formatHex(hash("name", text), 0, UUID_BYTES);
  }

  private byte[] hash(String kind, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal((kind + ":" + text).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has " + ALGORITHM, impossible);
    }
  }
}
