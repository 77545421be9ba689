package io.hybnext.ops.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hybnext.file.AtomicFile;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The file that says which tokens open the dashboard. It holds hashes only: a token is 256 random
 * bits, so a plain SHA-256 of it cannot be turned back. The file is read again when it changes; a
 * token that is taken out of it opens nothing from then on. Thread-safe.
 */
public final class AccessTokens {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String PREFIX = "hyb_"; // lets scanners of repositories find leaked ones
  private static final int TOKEN_BYTES = 32;
  private static final String OWNER_ONLY = "rw-------";

  private final Path file;
  private FileTime readAt;
  private List<Entry> entries = List.of();

  /** Reads the file at the first question. */
  public AccessTokens(Path file) {
    this.file = file;
  }

  /**
   * What is kept of a token.
   *
   * @param name whose it is, told by the audit log
   * @param role what it lets do
   * @param sha256 of the token, lower-case hexadecimal
   * @param createdAt ISO 8601
   */
  public record Entry(String name, String role, String sha256, String createdAt) {}

  /** What the file holds. */
  private record Content(List<Entry> tokens) {}

  /** Tokens there are, without the secrets. */
  public synchronized List<Entry> entries() {
    refresh();
    return entries;
  }

  /**
   * Makes a token.
   *
   * @param name whose it is; replaces a token of the same name
   * @return the token, which is kept nowhere
   */
  public synchronized String add(String name, Role role) {
    refresh();
    byte[] secret = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(secret);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    List<Entry> kept = new ArrayList<>(without(name));
    kept.add(new Entry(name, role.key(), HexFormat.of().formatHex(hash(token)), now()));
    write(kept);
    return token;
  }

  /** Takes a token out; false when there is none of that name. */
  public synchronized boolean remove(String name) {
    refresh();
    List<Entry> kept = without(name);
    boolean found = kept.size() < entries.size();
    if (found) {
      write(kept);
    }
    return found;
  }

  private List<Entry> without(String name) {
    return entries.stream().filter(entry -> !entry.name().equals(name)).toList();
  }

  private static String now() {
    return Instant.now().toString();
  }

  private void write(List<Entry> kept) {
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      AtomicFile.write(file, JSON.writeValueAsBytes(new Content(kept)));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(OWNER_ONLY));
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be written: " + FileFailure.explain(e), e);
    }
    entries = List.copyOf(kept);
    readAt = null;
  }

  /**
   * Whose token it is; empty when it opens nothing.
   *
   * @param token as it came with a request
   */
  public synchronized Optional<Principal> find(String token) {
    refresh();
    byte[] given = hash(token);
    Principal found = null;
    for (Entry entry : entries) { // all of them, so that the time taken tells nothing
      if (MessageDigest.isEqual(HexFormat.of().parseHex(entry.sha256()), given)) {
        found = new Principal(entry.name(), Role.of(entry.role()));
      }
    }
    return Optional.ofNullable(found);
  }

  /** Whether a token of this name and role is still there. */
  public synchronized boolean isKnown(Principal principal) {
    refresh();
    return entries.stream()
        .anyMatch(
            entry ->
                entry.name().equals(principal.name())
                    && entry.role().equals(principal.role().key()));
  }

  /** An unreadable file opens nothing to anybody. */
  private void refresh() {
    try {
      FileTime changed = Files.exists(file) ? Files.getLastModifiedTime(file) : null;
      if (changed == null) {
        entries = List.of();
      } else if (!changed.equals(readAt)) {
        entries = checked(JSON.readValue(file.toFile(), Content.class));
      }
      readAt = changed;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CommandFailure(
          file + " is no file of tokens; make one with `hybnext token add`", e);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + FileFailure.explain(e), e);
    }
  }

  private static List<Entry> checked(Content content) {
    if (content.tokens() == null) {
      throw new IllegalArgumentException("no list of tokens");
    }
    for (Entry entry : content.tokens()) {
      Role.of(entry.role());
      if (entry.name() == null || HexFormat.of().parseHex(entry.sha256()).length != 32) {
        throw new IllegalArgumentException("a token without name or hash");
      }
    }
    return List.copyOf(content.tokens());
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
