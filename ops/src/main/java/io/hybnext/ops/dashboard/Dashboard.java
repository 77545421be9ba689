package io.hybnext.ops.dashboard;

import io.hybnext.actors.cluster.TlsFiles;
import io.hybnext.actors.health.Pulse;
import io.hybnext.config.DashboardSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.health.RunStatus;
import io.hybnext.ops.http.AccessTokens;
import io.hybnext.ops.http.Endpoint;
import io.hybnext.ops.http.EventStreams;
import io.hybnext.ops.http.HttpLimits;
import io.hybnext.ops.http.HttpService;
import io.hybnext.ops.http.Replies;
import io.hybnext.ops.http.Role;
import io.hybnext.ops.http.StaticFiles;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.metrics.MetricsText;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;

/** Serves the page of one run, with the events behind it, its pictures and actions. */
public final class Dashboard implements AutoCloseable {
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/4.4.3/dist/chart.umd.js";
  private static final ContentType SCRIPT =
      MediaTypes.APPLICATION_JAVASCRIPT.toContentType(HttpCharsets.UTF_8);
  private static final ContentType STYLE = MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8);
  private static final ContentType PICTURE = MediaTypes.IMAGE_PNG.toContentType();
  private static final ContentType DRAWING = MediaTypes.IMAGE_SVG_XML.toContentType();
  private static final List<String> SCRIPTS =
      List.of("app.js", "dom.js", "format.js", "charts.js", "sections.js", "pictures.js", "act.js");

  private final StreamSystem system;
  private final RunFeed feed;
  private final HttpService service;
  private final List<Endpoint> endpoints;
  private final QuarantinePictures quarantine;

  /**
   * What a dashboard shows and offers besides the run's folder.
   *
   * @param settings of the run, where this process has them; empty = those of its run.json
   * @param actions what operators can do
   * @param notReady why this process does no work yet, or no more; empty when it does
   */
  public record Subject(
      Optional<HybnextSettings> settings, RunActions actions, Supplier<Optional<String>> notReady) {

    /** A run that is only watched. */
    public static Subject watched(String why) {
      return new Subject(Optional.empty(), RunActions.none(why), Optional::empty);
    }
  }

  private Dashboard(DashboardSettings settings, RunFolder folder, Subject subject) {
    Clock clock = Clock.systemUTC();
    ActionEndpoint actions = new ActionEndpoint(subject.actions(), new AuditLog(folder, clock));
    feed = new RunFeed(folder, subject.settings(), actions::offers);
    quarantine = new QuarantinePictures(feed::settings, feed::putAside, System::nanoTime);
    system = new StreamSystem("hybnext-dashboard");
    try {
      endpoints = endpoints(folder, actions, subject);
      service = HttpService.start(system.system(), server(settings), endpoints);
    } catch (RuntimeException e) {
      quarantine.close();
      system.close();
      throw e;
    }
    feed.start();
  }

  /**
   * Starts serving.
   *
   * @param folder of the run; it need not be there yet
   * @throws io.hybnext.ops.cli.CommandFailure with a sentence when the settings or the address
   *     cannot be used
   */
  public static Dashboard start(DashboardSettings settings, RunFolder folder, Subject subject) {
    return new Dashboard(settings, folder, subject);
  }

  private static HttpService.Settings server(DashboardSettings settings) {
    Optional<TlsFiles> tls =
        settings.certificates().isEmpty()
            ? Optional.empty()
            : Optional.of(new TlsFiles(Path.of(settings.certificates())));
    Optional<AccessTokens> tokens =
        settings.tokens().isEmpty()
            ? Optional.empty()
            : Optional.of(new AccessTokens(Path.of(settings.tokens())));
    return new HttpService.Settings(
        settings.host(), settings.port(), tls, tokens, HttpLimits.DEFAULTS);
  }

  private List<Endpoint> endpoints(RunFolder folder, ActionEndpoint actions, Subject subject) {
    EventStreams streams = new EventStreams(HttpLimits.DEFAULTS.streams());
    PictureWall pictures = new PictureWall(folder.root());
    List<Endpoint> all = new ArrayList<>(page());
    all.add(
        Endpoint.get(
            "/api/events", Role.VIEWER, call -> streams.begin(new EventCursor(feed::now))));
    all.add(
        Endpoint.get(
            "/pictures/*", Role.VIEWER, call -> picture(() -> pictures.picture(call.name()))));
    all.add(Endpoint.get("/quarantine/*", Role.OPERATOR, call -> quarantine.answer(call.name())));
    all.add(Endpoint.get("/metrics", Role.VIEWER, call -> metrics(folder, call)));
    all.add(Endpoint.open("/alive", call -> Replies.text(200, "alive\n")));
    all.add(Endpoint.open("/ready", call -> ready(subject)));
    all.add(actions.endpoint());
    return all;
  }

  private static CompletionStage<HttpResponse> metrics(RunFolder folder, Endpoint.Call call) {
    String accept = call.request().getHeader("Accept").map(HttpHeader::value).orElse("");
    MetricsText.Format format = MetricsText.Format.accepted(accept);
    ContentType type = ContentTypes.parse(format.contentType());
    return folder.isRun()
        ? Replies.bytes(type, MetricsText.of(RunStatus.read(folder, Instant.now()), format))
        : Replies.bytes(type, new byte[0]); // ingestion comes first
  }

  private static CompletionStage<HttpResponse> ready(Subject subject) {
    Optional<String> why = subject.notReady().get();
    return Replies.text(why.isEmpty() ? 200 : 503, why.orElse("ready") + "\n");
  }

  private static List<Endpoint> page() {
    List<Endpoint> files = new ArrayList<>();
    Class<?> here = Dashboard.class;
    files.add(StaticFiles.file("/", here, "index.html", ContentTypes.TEXT_HTML_UTF8));
    files.add(StaticFiles.file("/app.css", here, "app.css", STYLE));
    files.add(StaticFiles.file("/icon.svg", here, "icon.svg", DRAWING));
    files.add(StaticFiles.file("/chart.js", here, CHARTS, SCRIPT));
    SCRIPTS.forEach(name -> files.add(StaticFiles.file("/" + name, here, name, SCRIPT)));
    return files;
  }

  /** Finds a picture. */
  private interface Finder {
    Optional<byte[]> find() throws IOException;
  }

  private static CompletionStage<HttpResponse> picture(Finder finder) {
    try {
      Optional<byte[]> picture = finder.find();
      return picture.isPresent()
          ? Replies.bytes(PICTURE, picture.get())
          : Replies.done(Replies.sentence(404, "there is no such picture"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that can be asked for. */
  List<Endpoint> endpoints() {
    return endpoints;
  }

  /** What follows the run's folder does. */
  Pulse pulse() {
    return feed.pulse();
  }

  /** Where the page is. */
  public String url() {
    return service.url();
  }

  /** Stops serving. */
  @Override
  public void close() {
    feed.close();
    quarantine.close();
    service.close();
    system.close();
  }
}
