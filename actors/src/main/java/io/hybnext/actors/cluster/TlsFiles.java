package io.hybnext.actors.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a process proves with that it belongs to the cluster: a folder with {@code ca.crt}, the
 * certificate of the authority that signs for the whole cluster; {@code tls.crt}, this host's
 * certificate; {@code tls.key}, its key, PEM without a password. These are the names that
 * Kubernetes and cert-manager give them. The files are read again every few minutes, so that they
 * can be replaced while the process runs.
 *
 * @param folder where they are
 */
public record TlsFiles(Path folder) {
  /** The one protocol that members speak. */
  static final String PROTOCOL = "TLSv1.3";

  private static final byte[] PROOF = {1, 2, 3};

  /** Kinds of keys, with the signature that each makes. */
  private static final Map<String, String> KEYS =
      Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");

  /** Certificate and key, as read and checked. */
  private record Identity(X509Certificate authority, X509Certificate own, PrivateKey key) {}

  /** What Pekko's remoting needs to know. */
  Map<String, Object> remoting() {
    return Map.of(
        "pekko.remote.artery.transport",
        "tls-tcp",
        "pekko.remote.artery.ssl.ssl-engine-provider",
        TlsEngines.class.getName(),
        TlsEngines.FOLDER,
        folder.toAbsolutePath().toString());
  }

  private Path file(String name) {
    return folder.resolve(name).toAbsolutePath();
  }

  /**
   * Checks that the files are there, belong together, and are valid at a time.
   *
   * @throws ClusterException with a sentence when they cannot be used
   */
  public void check(Instant now) throws ClusterException {
    Identity identity = read();
    try {
      identity.own().checkValidity(Date.from(now));
      identity.authority().checkValidity(Date.from(now));
    } catch (CertificateExpiredException e) {
      throw refused(
          "expired on " + identity.own().getNotAfter().toInstant() + "; make new ones", e);
    } catch (CertificateNotYetValidException e) {
      throw refused(
          "is not valid before "
              + identity.own().getNotBefore().toInstant()
              + "; set this machine's clock",
          e);
    }
    try {
      identity.own().verify(identity.authority().getPublicKey());
    } catch (GeneralSecurityException e) {
      throw refused("is not signed by ca.crt beside it", e);
    }
    if (!belongTogether(identity)) {
      throw refused("is not that of tls.key beside it", null);
    }
  }

  private ClusterException refused(String what, Exception cause) {
    return new ClusterException("the certificate " + file("tls.crt") + " " + what, cause);
  }

  private static boolean belongTogether(Identity identity) throws ClusterException {
    try {
      Signature signature = Signature.getInstance(KEYS.get(identity.key().getAlgorithm()));
      signature.initSign(identity.key());
      signature.update(PROOF);
      byte[] signed = signature.sign();
      signature.initVerify(identity.own().getPublicKey());
      signature.update(PROOF);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // keys of different kinds
    }
  }

  private Identity read() throws ClusterException {
    return new Identity(certificate("ca.crt"), certificate("tls.crt"), key());
  }

  private X509Certificate certificate(String name) throws ClusterException {
    try (InputStream in = Files.newInputStream(file(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (IOException e) {
      throw unreadable(name, e);
    } catch (GeneralSecurityException e) {
      throw new ClusterException(file(name) + " holds no certificate in PEM", e);
    }
  }

  private PrivateKey key() throws ClusterException {
    byte[] der;
    try {
      String base64 =
          Files.readString(file("tls.key")).replaceAll("-----(BEGIN|END) [A-Z ]+-----", "");
      der = Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw unreadable("tls.key", e);
    } catch (IllegalArgumentException e) {
      der = new byte[0];
    }
    for (String algorithm : KEYS.keySet()) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException another) {
        continue;
      }
    }
    throw new ClusterException(
        file("tls.key")
            + " holds no RSA or elliptic-curve key in PEM (BEGIN PRIVATE KEY) without a password");
  }

  private ClusterException unreadable(String name, IOException cause) {
    return new ClusterException(
        file(name)
            + (Files.exists(file(name)) ? " cannot be read" : " is missing")
            + "; members on several hosts prove with it who they are: make it with `hybnext"
            + " certificates` and name its folder with cluster.certificates, or, where nobody else"
            + " can reach the network, set cluster.tls = never",
        cause);
  }

  /**
   * TLS as remoting speaks it.
   *
   * @throws ClusterException with a sentence when the files cannot be used
   */
  public SSLContext context() throws ClusterException {
    Identity identity = read();
    char[] password = new char[0];
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      own.load(null, password);
      trusted.load(null, password);
      X509Certificate[] chain = {identity.own(), identity.authority()};
      own.setKeyEntry("own", identity.key(), password, chain);
      trusted.setCertificateEntry("authority", identity.authority());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, password);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ClusterException("the certificates in " + folder + " cannot be used: " + e, e);
    }
  }
}
