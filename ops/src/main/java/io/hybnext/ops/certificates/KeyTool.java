package io.hybnext.ops.certificates;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The JDK's {@code keytool} on a key store of its own, which nobody else knows the password of. */
final class KeyTool {
  private static final String PASSWORD = "HYBNEXT_KEY_STORE"; // environment variable
  private static final String AUTHORITY = "authority";

  private final Path store;
  private final String password;
  private final int days;

  /**
   * Works in a folder that only this user can read.
   *
   * @param days how long certificates are valid
   */
  KeyTool(Path folder, int days) {
    store = folder.resolve("keys.p12");
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    password = HexFormat.of().formatHex(random);
    this.days = days;
  }

  /** Makes a new authority. */
  void makeAuthority() throws IOException, InterruptedException {
    generate(
        AUTHORITY,
        "CN=hybnext development authority",
        List.of("-ext", "bc:critical=ca:true,pathlen:0", "-ext", "ku:critical=keyCertSign"));
  }

  /** Takes an authority that exists. */
  void takeAuthority(PrivateKey key, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, password.toCharArray());
    keys.setKeyEntry(AUTHORITY, key, password.toCharArray(), new X509Certificate[] {certificate});
    try (OutputStream out = Files.newOutputStream(store)) {
      keys.store(out, password.toCharArray());
    }
  }

  /**
   * Makes a key and a certificate that the authority signs.
   *
   * @param alias name in the key store
   * @param subject common name
   * @param names alternative names as {@code keytool} writes them, e.g. {@code dns:a,ip:10.0.0.5}
   */
  void makeCertificate(String alias, String subject, String names)
      throws IOException, InterruptedException {
    generate(
        alias,
        "CN=" + subject,
        List.of(
            "-signer",
            AUTHORITY,
            "-ext",
            "san=" + names,
            "-ext",
            "ku:critical=digitalSignature",
            "-ext",
            "eku=serverAuth,clientAuth"));
  }

  private void generate(String alias, String name, List<String> more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-genkeypair"));
    command.addAll(List.of("-alias", alias, "-dname", name, "-keyalg", "EC"));
    command.addAll(List.of("-groupname", "secp256r1", "-validity", Integer.toString(days)));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass:env", PASSWORD));
    command.addAll(more);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(PASSWORD, password);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + said.strip());
    }
  }

  /** The authority's key. */
  PrivateKey authorityKey() throws IOException, GeneralSecurityException {
    return key(AUTHORITY);
  }

  /** The authority's certificate. */
  X509Certificate authority() throws IOException, GeneralSecurityException {
    return certificate(AUTHORITY);
  }

  PrivateKey key(String alias) throws IOException, GeneralSecurityException {
    return (PrivateKey) load().getKey(alias, password.toCharArray());
  }

  X509Certificate certificate(String alias) throws IOException, GeneralSecurityException {
    return (X509Certificate) load().getCertificate(alias);
  }

  private KeyStore load() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password.toCharArray());
    }
    return keys;
  }
}
