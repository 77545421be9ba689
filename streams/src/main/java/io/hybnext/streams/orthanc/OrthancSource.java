package io.hybnext.streams.orthanc;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Mark;
import io.hybnext.streams.item.SourcePosition;
import io.hybnext.streams.orthanc.OrthancServer.Changes;
import io.hybnext.streams.orthanc.OrthancServer.Instance;
import io.hybnext.streams.orthanc.OrthancServer.Refused;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.source.PolledSource;
import io.hybnext.streams.source.PolledSource.Look;
import io.hybnext.streams.source.SourceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of an Orthanc server, study by study as they become stable (nothing came for the
 * server's {@code StableAge}), in the order of its change feed. A server forgets at its end which
 * studies are not stable yet, so instances that no stable study has brought are asked after, too.
 * Behind each study goes a mark with the number of the last change before which nothing is open:
 * the store notes it in one entry with what the study brought, so that whoever follows next goes on
 * there. A study that grows later is offered again; what is stored is known by the hash of its
 * file.
 *
 * <p>Files lie in a {@link Spool} until they have been read. Of files in a transfer syntax that is
 * not decoded here the server is asked for a decoded copy. The text of structured reports is the
 * caption of the images of their study. While the server is away, or restarts, the source waits and
 * asks again. An image that a server which answers fails to give, again and again, is put aside: it
 * may be what makes the server end.
 */
public final class OrthancSource implements ImageSource {
  private static final Logger LOG = LoggerFactory.getLogger(OrthancSource.class);
  private static final int CHANGES_AT_ONCE = 500;

  /** Open instances that the server is asked after at a time. */
  private static final int ASKED_AFTER = 4;

  private final OrthancServer server;
  private final Settings settings;
  private final Spool spool;
  private final ToLongFunction<String> position;
  private final Predicate<String> again;

  /**
   * A server and how it is followed.
   *
   * @param address such as {@code http://pacs:8042}
   * @param user empty for none
   * @param password of the user
   * @param caption of images of studies without a report
   * @param split of all images
   * @param follow whether to wait for later changes; otherwise the source ends at the newest one
   * @param poll between two questions for changes when there were none
   * @param tries failed ones, of a server that answers otherwise, before an image is put aside
   */
  public record Settings(
      String address,
      String user,
      String password,
      String caption,
      String split,
      boolean follow,
      Duration poll,
      int tries) {

    @Override
    public String toString() {
      return address; // never the password
    }
  }

  /**
   * A source.
   *
   * @param spool for files on their way; stays the caller's
   * @param position number of the last change that was noted for {@link SourcePosition#source()}
   */
  public OrthancSource(Settings settings, Spool spool, ToLongFunction<String> position) {
    this(settings, spool, position, null);
  }

  /**
   * A source that begins with some images of studies that it was past.
   *
   * @param again which, by the path that their items have; null for none
   */
  public OrthancSource(
      Settings settings, Spool spool, ToLongFunction<String> position, Predicate<String> again) {
    this.server = new OrthancServer(settings.address(), settings.user(), settings.password());
    this.settings = settings;
    this.spool = spool;
    this.position = position;
    this.again = again;
  }

  @Override
  public Source<Outcome<ImageItem>, NotUsed> items() {
    return PolledSource.of("orthanc", () -> new Feed()::look);
  }

  @Override
  public String describe() {
    return "Orthanc server " + server.address();
  }

  /** What one run of the source knows: where it is, and what of a study is still to come. */
  private final class Feed {
    private final Set<String> studies = new LinkedHashSet<>();
    private final Patience patience = new Patience(settings.tries());
    private final Deque<Instance> instances = new ArrayDeque<>();
    private final Map<String, Long> open = new LinkedHashMap<>(); // instances, by their change
    private boolean inStudy;
    private final StudyReader reader = new StudyReader(server, settings, spool);
    private long noted = position.applyAsLong(server.address());
    private final Set<String> passed = new HashSet<>(); // studies of which only some are wanted
    private long reached = again == null ? noted : 0;
    private boolean answered;
    private boolean atEnd;

    private Look look() throws InterruptedException {
      try {
        Look look = patience.isSuspect() ? answering() : next();
        answered = true;
        if (patience.answered()) {
          LOG.info("The {} answers again.", describe());
        }
        return look;
      } catch (IOException away) {
        if (!instances.isEmpty() && patience.givesUp()) {
          return Look.found(List.of(reader.givenUp(instances.remove(), said(away))));
        }
        if (!answered && !settings.follow()) {
          throw new SourceException(
              "The " + describe() + " does not answer: start it, or mend data.source.", away);
        }
        return Look.nothingFor(wait(away));
      }
    }

    /** Only a server that is there can fail at an instance. */
    private Look answering() throws IOException, InterruptedException {
      server.newest();
      patience.alive();
      return Look.found(List.of());
    }

    private String said(IOException why) {
      return why.getMessage() == null ? "no connection" : why.getMessage();
    }

    private Duration wait(IOException why) {
      if (patience.isNews()) {
        LOG.warn(
            "The {} cannot be followed ({}): it is asked again until it answers; start it, or mend"
                + " data.source.",
            describe(),
            said(why));
      }
      return patience.pause();
    }

    private Look next() throws IOException, InterruptedException {
      if (!instances.isEmpty()) {
        Look look = reader.read(instances.peek());
        instances.remove();
        patience.given();
        return look;
      }
      if (inStudy) {
        inStudy = false;
        reader.end();
        return Look.found(List.of(new Mark<>(through(), () -> {})));
      }
      if (!studies.isEmpty()) {
        String study = studies.iterator().next();
        begin(study);
        studies.remove(study);
        return Look.found(List.of());
      }
      if (atEnd && forgotten()) {
        return Look.found(List.of());
      }
      return atEnd && !settings.follow() ? Look.last(List.of()) : changes();
    }

    private SourcePosition through() {
      long sequence = open.isEmpty() ? reached : open.values().iterator().next() - 1;
      return new SourcePosition(server.address(), Math.max(noted, sequence));
    }

    /** Looks for a study that is stable without a word of it: the server was started again. */
    private boolean forgotten() throws IOException, InterruptedException {
      int asked = 0;
      for (String instance : List.copyOf(open.keySet())) {
        if (asked++ == ASKED_AFTER) {
          return false;
        }
        try {
          Optional<String> study = server.stableStudyOf(instance);
          if (study.isPresent()) {
            studies.add(study.get());
            return true;
          }
        } catch (Refused deleted) {
          if (!deleted.isMissing()) {
            throw deleted;
          }
          open.remove(instance);
        }
      }
      return false;
    }

    private void begin(String next) throws IOException, InterruptedException {
      List<Instance> all = List.of();
      try {
        all = server.instances(next);
      } catch (Refused deleted) {
        if (!deleted.isMissing()) {
          throw deleted;
        }
        LOG.info("A study of the {} was deleted before it was read.", describe());
      }
      all.forEach(instance -> open.remove(instance.id()));
      boolean wasRead = passed.remove(next);
      if (wasRead) {
        all = wantedAgain(all);
      }
      instances.addAll(all);
      inStudy = !wasRead || !all.isEmpty();
    }

    /** Of a study that was read before; its reports with them, for the caption. */
    private List<Instance> wantedAgain(List<Instance> all) {
      boolean none =
          all.stream().noneMatch(one -> !one.isReport() && again.test(StudyReader.path(one)));
      return none
          ? List.of()
          : all.stream()
              .filter(one -> one.isReport() || again.test(StudyReader.path(one)))
              .toList();
    }

    private Look changes() throws IOException, InterruptedException {
      Changes page = server.changes(reached, CHANGES_AT_ONCE);
      if (page.last() < reached) {
        beginAgain(page.last());
        return Look.found(List.of());
      }
      open.putAll(page.newInstances());
      page.stableStudies().forEach(this::stable);
      reached = Math.max(reached, page.last());
      atEnd = page.done();
      boolean wait = page.done() && studies.isEmpty();
      return wait && settings.follow() ? Look.nothingFor(settings.poll()) : Look.found(List.of());
    }

    private void stable(String study, long change) {
      studies.add(study);
      if (again != null && change <= noted) {
        passed.add(study);
      } else {
        passed.remove(study);
      }
    }

    /** A server whose count is behind ours has a new database. */
    private void beginAgain(long newest) {
      LOG.warn(
          "The {} counts {} changes, {} were followed: it has another database now and is read from"
              + " the beginning; what is stored is known.",
          describe(),
          newest,
          reached);
      reached = 0;
      noted = 0;
      open.clear();
    }
  }
}
