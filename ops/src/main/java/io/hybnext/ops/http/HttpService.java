package io.hybnext.ops.http;

import com.typesafe.config.ConfigFactory;
import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.TlsFiles;
import io.hybnext.ops.cli.CommandFailure;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * Listens for requests. On a loopback address everybody there is trusted, unless there is a file of
 * tokens; on any other it starts only with TLS and tokens.
 */
public final class HttpService implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_HEADERS = 64;

  private final ServerBinding binding;
  private final String scheme;
  private final String host;

  /**
   * Where and for whom a server listens.
   *
   * @param host interface address or name
   * @param port 0 for any free one
   * @param tls certificate of this host; empty for none
   * @param tokens who may; empty for whoever reaches it
   * @param limits of callers
   */
  public record Settings(
      String host,
      int port,
      Optional<TlsFiles> tls,
      Optional<AccessTokens> tokens,
      HttpLimits limits) {

    /** Whether only this machine reaches it. */
    public boolean isLoopback() {
      return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    /** Refuses to be open to the network. */
    void check() {
      if (!isLoopback() && (tls.isEmpty() || tokens.isEmpty())) {
        throw new CommandFailure(
            "dashboard.host = "
                + host
                + ": beyond loopback it wants TLS (dashboard.certificates, made by `hybnext"
                + " certificates`) and tokens (dashboard.tokens, made by `hybnext token add`)");
      }
      if (!isLoopback() && tokens.isPresent() && tokens.get().entries().isEmpty()) {
        throw new CommandFailure(
            "dashboard.tokens: the file holds no token; make one with `hybnext token add NAME`");
      }
    }
  }

  private HttpService(ServerBinding binding, Settings settings) {
    this.binding = binding;
    scheme = settings.tls().isPresent() ? "https" : "http";
    host = settings.host();
  }

  /**
   * Starts listening.
   *
   * @param system runs it; stays the caller's
   * @throws CommandFailure with a sentence when the address cannot be used, or would be open to
   *     others without TLS or tokens
   */
  public static HttpService start(
      ActorSystem<?> system, Settings settings, List<Endpoint> endpoints) {
    settings.check();
    HttpLimits limits = settings.limits();
    Materializer materializer = Materializer.createMaterializer(system);
    Access access =
        new Access(
            settings.tokens().orElse(null),
            settings.tls().isPresent(),
            limits.wrongTokens(),
            System::nanoTime);
    Gate gate =
        new Gate(
            endpoints,
            new HostRule(settings.isLoopback()),
            access,
            limits,
            materializer,
            System::nanoTime);
    Flow<HttpRequest, HttpResponse, NotUsed> answers =
        Flow.of(HttpRequest.class).mapAsync(1, gate::answer);
    ServerBuilder server =
        Http.get(system)
            .newServerAt(settings.host(), settings.port())
            .withSettings(serverSettings(limits));
    ServerBuilder secured =
        settings.tls().isPresent() ? server.enableHttps(tls(settings.tls().get())) : server;
    Flow<HttpRequest, HttpResponse, NotUsed> limited =
        BidiFlow.fromGraph(new IdleLimit(limits.idle())).join(answers);
    return new HttpService(
        await(secured.bindFlow(limited).toCompletableFuture(), settings), settings);
  }

  private static ServerBinding await(
      java.util.concurrent.CompletableFuture<ServerBinding> binding, Settings settings) {
    try {
      return binding.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailure(
          "dashboard.port = "
              + settings.port()
              + ": "
              + settings.host()
              + " cannot be listened on there; give another one, or 0 for any that is free",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted while the dashboard started", e);
    }
  }

  private static org.apache.pekko.http.javadsl.HttpsConnectionContext tls(TlsFiles files) {
    try {
      files.check(Instant.now());
      return ConnectionContext.httpsServer(files.context());
    } catch (ClusterException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
  }

  private static ServerSettings serverSettings(HttpLimits limits) {
    String own =
        String.join(
            "\n",
            "pekko.http.server {",
            "max-connections = " + limits.connections(),
            "pipelining-limit = 1",
            "idle-timeout = 60 s",
            "request-timeout = 20 s",
            "bind-timeout = 5 s",
            "server-header = \"\"",
            "remote-address-attribute = on",
            "parsing.max-content-length = " + 4 * limits.bodyBytes(),
            "parsing.max-uri-length = 2k",
            "parsing.max-header-count = " + MOST_HEADERS,
            "parsing.max-header-value-length = 8k",
            "parsing.max-chunk-size = 64k",
            "parsing.illegal-header-warnings = off",
            "parsing.error-logging-verbosity = off",
            "}");
    return ServerSettings.create(ConfigFactory.parseString(own).withFallback(ConfigFactory.load()));
  }

  /** Where it is, for people: {@code http://127.0.0.1:8470/}. */
  public String url() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return scheme + "://" + name + ":" + address().getPort() + "/";
  }

  private InetSocketAddress address() {
    return binding.localAddress();
  }

  /** Stops listening and ends what is open. */
  @Override
  public void close() {
    try {
      binding
          .terminate(Duration.ofMillis(500))
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException left) {
      // the process ends anyway; connections end with it
    }
  }
}
