package io.hybnext.ops.certificates;

import io.hybnext.file.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/**
 * An authority in {@code ca.crt} and {@code ca.key}, and for each host a folder of its name with
 * {@code ca.crt}, {@code tls.crt} and {@code tls.key}, as {@code cluster.certificates} wants it.
 * Whoever has {@code ca.key} can let anybody into the cluster: it stays where it was made.
 */
public final class DevelopmentCertificates {
  /** What the owner of every certificate is called; members look at the host's name only. */
  private static final String MEMBER = "hybnext";

  private static final String ADDRESS = "[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*";

  private final Path folder;

  /** Certificates in a folder; made by {@link #make}. */
  public DevelopmentCertificates(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes what is missing: the authority, and the certificates of hosts that have none. Others stay
   * as they are.
   *
   * @param hosts names or addresses
   * @param days how long new certificates are valid
   * @return the hosts' folders, in the order of the hosts
   * @throws IOException when a file cannot be written, or {@code keytool} fails
   */
  public List<Path> make(List<String> hosts, int days) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    try (TemporaryFolder work = TemporaryFolder.create("hybnext-certificates")) {
      KeyTool keys = new KeyTool(work.path(), days);
      authority(keys);
      List<Path> made = new ArrayList<>();
      for (String host : hosts) {
        made.add(host(keys, host));
      }
      return made;
    } catch (GeneralSecurityException e) {
      throw new IOException("the authority in " + folder + " cannot be used: " + e.getMessage(), e);
    }
  }

  private void authority(KeyTool keys)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path key = folder.resolve("ca.key");
    Path certificate = folder.resolve("ca.crt");
    if (Files.exists(key) && Files.exists(certificate)) {
      keys.takeAuthority(PemFile.key(key), PemFile.certificate(certificate));
      return;
    }
    keys.makeAuthority();
    PemFile.write(certificate, keys.authority());
    PemFile.write(key, keys.authorityKey());
  }

  private Path host(KeyTool keys, String host)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path own = Files.createDirectories(folder.resolve(host));
    if (Files.exists(own.resolve("tls.crt")) && Files.exists(own.resolve("tls.key"))) {
      return own;
    }
    String kind = host.matches(ADDRESS) ? "ip:" : "dns:";
    keys.makeCertificate(host, MEMBER, kind + host);
    PemFile.write(own.resolve("ca.crt"), keys.authority());
    PemFile.write(own.resolve("tls.key"), keys.key(host));
    PemFile.write(own.resolve("tls.crt"), keys.certificate(host));
    return own;
  }
}
