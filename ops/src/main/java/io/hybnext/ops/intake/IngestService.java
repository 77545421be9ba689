package io.hybnext.ops.intake;

import io.hybnext.config.DataSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.IntakeSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.ops.wiring.TokenPickles;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.deidentify.CaptionTemplate;
import io.hybnext.streams.deidentify.DeidentifiedSource;
import io.hybnext.streams.deidentify.DoorSettings;
import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.deidentify.PseudonymKey;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestHandle;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.IngestSettings;
import io.hybnext.streams.ingest.IngestSettings.BurnedIn;
import io.hybnext.streams.source.AdmittedSource;
import io.hybnext.streams.source.FolderSource;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.source.ManifestSource;
import io.hybnext.streams.source.TokenRecords;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import io.hybnext.streams.store.Withdrawals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;

/** Puts the images of a source into the store that settings name. */
public final class IngestService {
  private static final long TELL_EVERY_MS = 250;

  private final HybnextSettings settings;
  private final ActorSystem<?> system;
  private final Networks networks;
  private final Progress progress;
  private final QueueFigures queues = new QueueFigures();

  /** The arguments stay the caller's. */
  public IngestService(
      HybnextSettings settings, ActorSystem<?> system, Networks networks, Progress progress) {
    this.settings = settings;
    this.system = system;
    this.networks = networks;
    this.progress = progress;
  }

  /**
   * Ingests and waits for the end. What was stored before is not computed again.
   *
   * @param stop when it completes, what is complete is published and the rest dropped
   * @throws CommandFailure with a sentence when the source, the store or a network fails
   */
  public IngestReport run(CompletionStage<Void> stop) throws InterruptedException {
    ImageSource source = source(settings, TokenPickles.opener(settings, networks));
    IntakeSettings intake = settings.intake();
    StoreSettings segments =
        new StoreSettings(
            StoreSettings.DEFAULT.maxSegmentBytes(), intake.segmentItems(), intake.segmentAge());
    SegmentStore store =
        SegmentStore.open(settings.data().store(), segments, new LedgerService(settings)::mirrored);
    IngestHandle handle =
        Ingest.run(
            system,
            source,
            networks.tokenizerStage(),
            networks.encoderStage(),
            store,
            settings(settings.intake()));
    stop.thenRun(handle::cancel);
    return await(handle);
  }

  /**
   * The images that settings name, without identifiers.
   *
   * @throws io.hybnext.config.SettingsException when there is no such thing
   */
  public static ImageSource source(HybnextSettings settings) {
    return source(settings, TokenRecords.Opener.NONE);
  }

  private static ImageSource source(HybnextSettings settings, TokenRecords.Opener tokens) {
    DataSettings data = settings.data();
    Path path = Home.current().resolve("data.source", data.source());
    ImageSource source =
        Files.isDirectory(path)
            ? new FolderSource(path, data.folderCaption(), data.folderSplit())
            : new ManifestSource(path, tokens);
    return new AdmittedSource(
        new DeidentifiedSource(source, door(settings)), new Withdrawals(data.store()));
  }

  private static DoorSettings door(HybnextSettings settings) {
    DataSettings data = settings.data();
    return new DoorSettings(
        Scope.valueOf(settings.intake().deidentify().name()),
        PseudonymKey.lazily(pseudonymKey(settings)),
        template(data.captionTemplate()));
  }

  /** File of the key that pseudonyms are made with. */
  public static Path pseudonymKey(HybnextSettings settings) {
    String named = settings.intake().pseudonymKey();
    return named.isBlank()
        ? settings.data().store().resolve("pseudonyms.key")
        : Path.of(named).toAbsolutePath();
  }

  private static CaptionTemplate template(String text) {
    try {
      return new CaptionTemplate(text);
    } catch (IllegalArgumentException wrong) {
      throw new SettingsException(
          "data.caption-template", "data.caption-template = " + text + ": " + wrong.getMessage());
    }
  }

  /** How ingestion runs by these settings. */
  public static IngestSettings settings(IntakeSettings intake) {
    QualityGate gate = QualityGate.DEFAULT.withSize(intake.minSide(), intake.maxPixels());
    return new IngestSettings(
        intake.decodeParallelism(),
        intake.batch(),
        Duration.ofMillis(500),
        intake.inFlightBytes(),
        gate,
        BurnedIn.valueOf(intake.burnedIn().name()));
  }

  private IngestReport await(IngestHandle handle) throws InterruptedException {
    long beganNs = System.nanoTime();
    while (true) {
      try {
        IngestReport report =
            handle.completion().toCompletableFuture().get(TELL_EVERY_MS, TimeUnit.MILLISECONDS);
        tell(report, beganNs);
        tellPutAside(report);
        return report;
      } catch (TimeoutException running) {
        queues.look(handle.meters());
        tell(handle.progress(), beganNs);
      } catch (ExecutionException failed) {
        throw new CommandFailure(failed.getCause().getMessage(), failed.getCause());
      }
    }
  }

  private void tellPutAside(IngestReport report) {
    report.sentences().forEach(sentence -> progress.note("put aside: " + sentence));
    long more = report.quarantined() - report.sentences().size();
    if (more > 0) {
      progress.note(
          more + " more were put aside; " + settings.data().store() + "/ledger.jsonl names them");
    }
  }

  /** What a report tells of an ingestion by this service, with the queues seen on the way. */
  public ReportData.Ingestion summary(IngestReport report) {
    return new ReportData.Ingestion(
        report.stored(),
        report.alreadyStored(),
        report.quarantined() + report.duplicates(),
        report.elapsedSeconds(),
        queues.rows(report.stages()),
        report.reasons().entrySet().stream()
            .map(reason -> new ReportData.Ingestion.Reason(reason.getKey(), reason.getValue()))
            .toList());
  }

  private void tell(IngestReport now, long beganNs) {
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    progress.tell(new ProgressEvent.Stage("ingest", now.seen(), 0, now.seen() / seconds, "images"));
  }

  /**
   * The items of some splits that a store holds now for these networks.
   *
   * @throws io.hybnext.streams.store.StoreException when there is none
   */
  public static DataSnapshot snapshot(DataSettings data, Networks networks, List<String> splits) {
    try (SegmentStore store = SegmentStore.open(data.store(), StoreSettings.DEFAULT)) {
      return DataSnapshot.of(
          store.ledger().segments(),
          networks.tokenizer().fingerprint(),
          networks.encoder().fingerprint(),
          splits);
    }
  }
}
