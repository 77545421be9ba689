package io.hybnext.ops.intake;

import io.hybnext.config.DataSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.IntakeSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.ops.wiring.TokenPickles;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.flow.StageSnapshot;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestHandle;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.IngestSettings;
import io.hybnext.streams.ingest.IngestSettings.BurnedIn;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;

/** Puts the images of a source into the store that settings name. */
public final class IngestService {
  private static final long TELL_EVERY_MS = 250;
  private static final int WRITE_EVERY = 4; // of these

  private final HybnextSettings settings;
  private final ActorSystem<?> system;
  private final Networks networks;
  private final Progress progress;
  private final QueueFigures queues = new QueueFigures();
  private long toldSeen = -1;

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
    return run(stop, Set.of());
  }

  /**
   * The same, and a server is asked once more for what it gave before and what is aside now.
   *
   * @throws CommandFailure as {@link #run}
   */
  public IngestReport retry(CompletionStage<Void> stop) throws InterruptedException {
    List<Quarantined> aside = new PutAside(settings).list(null, Integer.MAX_VALUE);
    return run(stop, aside.stream().map(Quarantined::origin).collect(Collectors.toSet()));
  }

  private IngestReport run(CompletionStage<Void> stop, Set<String> again)
      throws InterruptedException {
    IntakeSettings intake = settings.intake();
    StoreSettings segments =
        new StoreSettings(
            StoreSettings.DEFAULT.maxSegmentBytes(), intake.segmentItems(), intake.segmentAge());
    SegmentStore store =
        SegmentStore.open(settings.data().store(), segments, new LedgerService(settings)::mirrored);
    try (IntakeSource source = source(store, again)) {
      IngestHandle handle =
          Ingest.run(
              system,
              source.images(),
              networks.tokenizerStage(),
              networks.encoderStage(),
              store,
              settings(intake));
      stop.thenRun(handle::cancel);
      return await(handle);
    }
  }

  private IntakeSource source(SegmentStore store, Set<String> again) {
    try {
      return new IntakeSource(
          settings, TokenPickles.opener(settings, networks), store.ledger()::position, again);
    } catch (RuntimeException refused) {
      store.close();
      throw refused;
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
        BurnedIn.valueOf(intake.burnedIn().name()),
        intake.similarDistance());
  }

  private IngestReport await(IngestHandle handle) throws InterruptedException {
    long beganNs = System.nanoTime();
    int looks = 0;
    while (true) {
      try {
        IngestReport report =
            handle.completion().toCompletableFuture().get(TELL_EVERY_MS, TimeUnit.MILLISECONDS);
        tell(report, beganNs);
        List<StageSnapshot> ended = report.stages();
        IntakeFile.now(false, report.seen(), queues.rows(ended), ended).write(store());
        tellPutAside(report);
        return report;
      } catch (TimeoutException running) {
        queues.look(handle.meters());
        tell(handle.progress(), beganNs);
        looks++;
        if (looks % WRITE_EVERY == 0) {
          List<StageSnapshot> now = handle.meters();
          IntakeFile.now(true, handle.progress().seen(), queues.rows(now), now).write(store());
        }
      } catch (ExecutionException failed) {
        throw new CommandFailure(failed.getCause().getMessage(), failed.getCause());
      }
    }
  }

  private Path store() {
    return settings.data().store();
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
    if (now.seen() == toldSeen) {
      return; // a watched source may be quiet for days
    }
    toldSeen = now.seen();
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    progress.tell(new ProgressEvent.Stage("ingest", now.seen(), 0, now.seen() / seconds, "images"));
  }

  /**
   * The items of some splits that a store holds now for these networks.
   *
   * @throws io.hybnext.streams.store.StoreException when there is none
   */
  public static DataSnapshot snapshot(DataSettings data, Networks networks, List<String> splits) {
    return DataSnapshot.of(
        FileLedger.readSegments(data.store()),
        networks.tokenizer().fingerprint(),
        networks.encoder().fingerprint(),
        splits);
  }
}
