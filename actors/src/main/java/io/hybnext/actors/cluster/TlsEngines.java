package io.hybnext.actors.cluster;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * TLS of the cluster's connections: both ends show a certificate that the cluster's authority
 * signed, and who connects asks for the name that it connects to. Made by Pekko.
 */
public final class TlsEngines implements SSLEngineProvider {
  /** Setting of the actor system: the folder of the {@link TlsFiles}. */
  static final String FOLDER = "hybnext.tls.folder";

  private static final Logger LOG = LoggerFactory.getLogger(TlsEngines.class);
  private static final long KEPT_NS = TimeUnit.MINUTES.toNanos(5);

  private final TlsFiles files;
  private SSLContext context;
  private long readNs;

  /** Called by Pekko. */
  public TlsEngines(ActorSystem system) {
    files = new TlsFiles(Path.of(system.settings().config().getString(FOLDER)));
  }

  /** Reads the files again when they may have been replaced. */
  private synchronized SSLContext context() {
    if (context == null || System.nanoTime() - readNs > KEPT_NS) {
      try {
        context = files.context();
      } catch (ClusterException e) {
        if (context == null) {
          throw new IllegalStateException(e.getMessage(), e);
        }
        LOG.warn("{}; the certificate of before is used on", e.getMessage());
      }
      readNs = System.nanoTime();
    }
    return context;
  }

  @Override
  public SSLEngine createServerSSLEngine(String hostname, int port) {
    SSLEngine engine = engine(hostname, port);
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    return engine;
  }

  @Override
  public SSLEngine createClientSSLEngine(String hostname, int port) {
    SSLEngine engine = engine(hostname, port);
    engine.setUseClientMode(true);
    engine.setSSLParameters(askedFor(engine.getSSLParameters()));
    return engine;
  }

  /** The other end must have a certificate for the name that it was connected by. */
  static SSLParameters askedFor(SSLParameters parameters) {
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818, names and addresses
    return parameters;
  }

  private SSLEngine engine(String hostname, int port) {
    SSLEngine engine = context().createSSLEngine(hostname, port);
    engine.setEnabledProtocols(new String[] {TlsFiles.PROTOCOL});
    return engine;
  }

  /** The engines have checked what there is to check. */
  @Override
  public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
    return Option.empty();
  }

  @Override
  public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
    return Option.empty();
  }
}
