package io.hybnext.actors.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries, before a process joins, whether the members at its seed addresses would talk to it. The
 * cluster itself would try on in silence until its time is up.
 */
final class Doorbell {
  private static final Logger LOG = LoggerFactory.getLogger(Doorbell.class);
  private static final int CONNECT_MS = 2_000;
  private static final int HANDSHAKE_MS = 10_000;
  private static final int REFUSAL_MS = 500; // TLS 1.3 refuses a certificate after the handshake
  private static final int ALERT = 21; // kinds of TLS records, RFC 8446 section 5.1
  private static final int HANDSHAKE = 22;

  private Doorbell() {}

  /**
   * Asks every seed that answers; one that does not may come later.
   *
   * @param tls this process's proof; empty when it does not use TLS
   * @throws ClusterException with a sentence when a seed cannot be talked to like this
   */
  static void ring(List<Endpoint> seeds, Optional<TlsFiles> tls) throws ClusterException {
    for (Endpoint seed : seeds) {
      if (tls.isPresent()) {
        ring(seed, tls.get());
      } else if (answersInTls(seed)) {
        throw new ClusterException(
            seed
                + " uses TLS, and this process does not; give both the same cluster.tls, and this"
                + " host its certificates");
      }
    }
  }

  /** Whether a greeting in TLS is answered in TLS; whoever speaks no TLS hangs up, or is silent. */
  private static boolean answersInTls(Endpoint seed) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(seed.host(), seed.port()), CONNECT_MS);
      socket.setSoTimeout(REFUSAL_MS);
      socket.getOutputStream().write(greeting());
      int kind = socket.getInputStream().read();
      return kind == HANDSHAKE || kind == ALERT;
    } catch (IOException | GeneralSecurityException nothingHeard) {
      LOG.debug("{} does not answer in TLS: {}", seed, nothingHeard.getMessage());
      return false;
    }
  }

  /** What a client begins with. */
  private static byte[] greeting() throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance(TlsFiles.PROTOCOL);
    context.init(null, null, null);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }

  private static void ring(Endpoint seed, TlsFiles tls) throws ClusterException {
    SSLSocketFactory factory = tls.context().getSocketFactory();
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(seed.host(), seed.port()), CONNECT_MS);
      talk(plain, factory, seed, tls);
    } catch (IOException nobodyThereYet) {
      LOG.debug("{} does not answer yet: {}", seed, nobodyThereYet.getMessage());
    }
  }

  private static void talk(Socket plain, SSLSocketFactory factory, Endpoint seed, TlsFiles tls)
      throws ClusterException {
    boolean known = false;
    try {
      plain.setSoTimeout(HANDSHAKE_MS);
      SSLSocket socket = (SSLSocket) factory.createSocket(plain, seed.host(), seed.port(), true);
      socket.setSSLParameters(TlsEngines.askedFor(socket.getSSLParameters()));
      socket.startHandshake();
      known = true;
      socket.setSoTimeout(REFUSAL_MS);
      if (!isSilent(socket.getInputStream())) {
        throw new EOFException("closed after the handshake");
      }
    } catch (SocketTimeoutException busy) {
      LOG.debug("{} is slow to answer", seed);
    } catch (IOException e) {
      throw new ClusterException(sentence(seed, tls, known, e), e);
    }
  }

  private static boolean isSilent(InputStream in) throws IOException {
    try {
      return in.read() >= 0;
    } catch (SocketTimeoutException silent) {
      return true;
    }
  }

  private static String sentence(Endpoint seed, TlsFiles tls, boolean known, IOException error) {
    Path own = tls.folder().resolve("tls.crt");
    if (known || String.valueOf(error.getMessage()).contains("Received fatal alert")) {
      return seed
          + " refused the certificate "
          + own
          + " of this host; the certificates of a cluster come from one authority (ca.crt)";
    }
    if (error instanceof SSLHandshakeException) {
      String reason = error.getMessage();
      return "the certificate of "
          + seed
          + " is not one that "
          + tls.folder().resolve("ca.crt")
          + " signed for this name ("
          + reason
          + "); the certificates of a cluster come from one authority, each for the cluster.host of"
          + " its host";
    }
    return seed + " does not use TLS, and this process does; give both the same cluster.tls";
  }
}
