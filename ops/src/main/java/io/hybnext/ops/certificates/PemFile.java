package io.hybnext.ops.certificates;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Certificates and keys as text, RFC 7468. */
final class PemFile {
  private static final String KEY = "PRIVATE KEY";
  private static final int LINE = 64;

  private PemFile() {}

  /** Writes a certificate that anybody may read. */
  static void write(Path file, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    write(file, text("CERTIFICATE", certificate.getEncoded()), "rw-r--r--");
  }

  /** Writes a key that its owner alone may read. */
  static void write(Path file, PrivateKey key) throws IOException {
    write(file, text(KEY, key.getEncoded()), "rw-------");
  }

  private static String text(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /** Nobody sees the file before it is whole, or with other permissions. */
  private static void write(Path file, String text, String permissions) throws IOException {
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    Path unfinished = Files.createTempFile(file.getParent(), ".pem", "", mode);
    Files.writeString(unfinished, text);
    Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(permissions));
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** Reads an elliptic curve's key as {@link #write(Path, PrivateKey)} wrote it. */
  static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    String base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
    byte[] der = Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
