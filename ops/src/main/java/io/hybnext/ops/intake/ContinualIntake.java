package io.hybnext.ops.intake;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.source.SourceException;
import io.hybnext.streams.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ingestion beside a training in the same process: goes on with what comes to the source until the
 * training ends. When it fails, people are told, and the training goes on with what is stored.
 */
public final class ContinualIntake implements AutoCloseable {
  private static final long END_MS = TimeUnit.SECONDS.toMillis(60);

  private final HybnextSettings settings;
  private final Networks networks;
  private final Progress progress;
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final Thread thread = new Thread(this::run, "continual-intake");

  private ContinualIntake(HybnextSettings settings, Networks networks, Progress progress) {
    this.settings = settings;
    this.networks = networks;
    this.progress = progress;
    thread.setDaemon(true);
  }

  /**
   * Starts it when settings want it ({@code intake.watch}); otherwise nothing happens.
   *
   * @param networks stay the caller's, to be closed after this
   */
  public static ContinualIntake start(
      HybnextSettings settings, Networks networks, Progress progress) {
    ContinualIntake intake = new ContinualIntake(settings, networks, progress);
    if (settings.intake().watch()) {
      intake.thread.start();
    }
    return intake;
  }

  private void run() {
    try (StreamSystem streams = new StreamSystem("hybnext-continual-intake")) {
      IngestReport report =
          new IngestService(settings, streams.system(), networks, progress).run(stop);
      progress.note(report.stored() + " images were stored while the run went on");
    } catch (CommandFailure | StoreException | SourceException failed) {
      progress.note("nothing more is taken in: " + failed.getMessage() + " The training goes on.");
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** Publishes what is complete and ends it. */
  @Override
  public void close() {
    stop.complete(null);
    try {
      thread.join(END_MS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
