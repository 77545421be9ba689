package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.journal.JournalTail;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.dashboard.Snapshot.Section;
import io.hybnext.ops.intake.IntakeFile;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.LedgerTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a run's folder twice a second and keeps what the page shows of it. What cannot be read is
 * told on the page and read again.
 */
public final class RunFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFeed.class);
  private static final long LOOK_EVERY_MS = 500;
  private static final int LOOK_AT_PICTURES_EVERY = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.class, new FiniteOrNull())
                  .addSerializer(double.class, new FiniteOrNull()))
          .build();

  /** JSON has no word for what is not a number. */
  private static final class FiniteOrNull extends StdSerializer<Double> {
    private static final long serialVersionUID = 1L;

    FiniteOrNull() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        out.writeNumber(value);
      } else {
        out.writeNull();
      }
    }
  }

  private final RunFolder folder;
  private final Supplier<Object> actions;
  private final JournalTail journal;
  private final JournalTail audit;
  private final PictureWall pictures;
  private final Map<String, Section> sections = new HashMap<>();
  private final ScheduledExecutorService thread;
  private RunHistory history = new RunHistory();
  private AuditView audits = new AuditView();
  private RunFile run;
  private volatile HybnextSettings settings; // null until the run tells them
  private LedgerTail ledger;
  private long looks;
  private final Pulse pulse =
      new Pulse("dashboard", PATIENCE, "Look at the disk of run.folder and data.store.");
  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private volatile List<Quarantined> putAside = List.of();

  /**
   * Begins to follow a folder.
   *
   * @param own settings of a run that may not have its run.json yet; empty = those in there
   * @param actions what can be done now, as the page is told
   */
  public RunFeed(RunFolder folder, Optional<HybnextSettings> own, Supplier<Object> actions) {
    this.folder = folder;
    settings = own.orElse(null);
    this.actions = actions;
    journal = new JournalTail(folder.journal());
    audit = new JournalTail(AuditLog.file(folder));
    pictures = new PictureWall(folder.root());
    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "dashboard-feed");
              made.setDaemon(true);
              return made;
            });
  }

  /** Looks now, and twice a second from now on. */
  public void start() {
    look();
    Runnable looking = () -> pulse.during("reads the run's files", this::look);
    thread.scheduleWithFixedDelay(looking, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /** What this does. */
  Pulse pulse() {
    return pulse;
  }

  /** What there was at the last look. */
  Snapshot now() {
    return snapshot;
  }

  /** Looks once; for tests, and {@link #start}. */
  void look() {
    Map<String, String> troubles = new LinkedHashMap<>();
    part(troubles, "journal", this::lookAtJournal);
    part(troubles, "run", this::lookAtRun);
    part(troubles, "intake", this::lookAtLedger);
    part(troubles, "status", this::lookAtStatus);
    part(troubles, "audit", this::lookAtAudit);
    if (looks % LOOK_AT_PICTURES_EVERY == 0) {
      part(troubles, "pictures", () -> put("pictures", pictures.look()));
    }
    put("actions", actions.get());
    put("troubles", troubles);
    snapshot = new Snapshot(Map.copyOf(sections), history.curve());
    looks++;
  }

  /** Something that reads files. */
  private interface Part {
    void look() throws IOException;
  }

  private static void part(Map<String, String> troubles, String name, Part part) {
    try {
      part.look();
    } catch (IOException e) {
      troubles.put(name, FileFailure.explain(e));
    } catch (RuntimeException e) {
      LOG.debug("the dashboard cannot tell {}", name, e);
      troubles.put(name, String.valueOf(e.getMessage()));
    }
  }

  private void lookAtJournal() throws IOException {
    JournalTail.News news = journal.read();
    if (news.restarted()) {
      history = new RunHistory();
    }
    history.accept(news.lines());
    put("members", history.members());
    put("health", history.findings());
    put("events", history.events());
    put("checkpoints", checkpoints());
  }

  private Object checkpoints() throws IOException {
    Path pointer = folder.checkpoints().resolve("current");
    List<String> kept =
        folder.publishedCheckpoints().stream()
            .map(checkpoint -> checkpoint.getFileName().toString())
            .toList();
    return Map.of(
        "current",
        Files.exists(pointer) ? Files.readString(pointer).strip() : "",
        "kept",
        kept,
        "published",
        history.checkpoints());
  }

  private void lookAtRun() throws IOException {
    if (run == null && folder.isRun()) {
      run = RunFile.read(folder);
      settings = run.effective();
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("folder", folder.root().toString());
    view.put("name", folder.root().getFileName().toString());
    view.put("run", run == null ? "" : run.run());
    view.put("items", run == null ? 0 : run.snapshot().items());
    view.put("steps", settings == null ? 0 : settings.training().steps());
    view.put("network", settings == null ? "" : settings.model().network());
    view.put("phase", history.phase());
    view.put("reason", history.reason());
    view.put("generation", history.generation());
    view.put("startedAt", history.startedAt());
    view.put("updatedAt", history.updatedAt());
    view.put("coordinator", folder.coordinator());
    view.put("step", history.curve().lastStep());
    view.put("tokensPerSecond", history.curve().last("tokensPerSecond"));
    view.put("secondsPerStep", history.curve().secondsPerStep());
    put("run", view);
  }

  private void lookAtLedger() throws IOException {
    if (settings == null) {
      return;
    }
    if (ledger == null) {
      ledger = new LedgerTail(settings.data().store());
    }
    ledger.read();
    LedgerTail.Figures figures = ledger.figures();
    putAside = figures.last();
    Path store = settings.data().store();
    put("intake", IntakeView.of(figures, store, IntakeFile.read(store).orElse(null)));
  }

  private void lookAtStatus() throws IOException {
    Path file = folder.root().resolve("status.json");
    put("status", Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode());
  }

  private void lookAtAudit() throws IOException {
    JournalTail.News news = audit.read();
    audits = news.restarted() ? new AuditView() : audits;
    audits.accept(news.lines());
    put("audit", audits.lines());
  }

  /** Replaces a section when it changed. */
  private void put(String name, Object content) {
    String json;
    try {
      json = JSON.writeValueAsString(content);
    } catch (JsonProcessingException defect) {
      throw new IllegalStateException(defect);
    }
    Section before = sections.get(name);
    if (before == null || !before.json().equals(json)) {
      sections.put(name, new Section(before == null ? 0 : before.version() + 1, json));
    }
  }

  /** The last items put aside. */
  List<Quarantined> putAside() {
    return putAside;
  }

  /** Settings of the run; empty until it tells them. */
  Optional<HybnextSettings> settings() {
    return Optional.ofNullable(settings);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
