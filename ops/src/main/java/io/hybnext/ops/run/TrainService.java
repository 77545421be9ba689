package io.hybnext.ops.run;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.config.ExchangeSettings.Transport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Starts or resumes the run of a folder on this machine and waits for its end. */
public final class TrainService {
  private static final int JOURNAL_STEPS = 2_000; // enough for curves, little for the disk

  private final HybnextSettings settings;
  private final RunFolder folder;
  private final Consumer<ProgressEvent> listener;

  /**
   * Prepares a run; nothing starts yet.
   *
   * @param settings effective ones
   * @param listener hears everything in order, on one thread
   */
  public TrainService(HybnextSettings settings, Consumer<ProgressEvent> listener) {
    this.settings = settings;
    this.folder = new RunFolder(settings.run().folder());
    this.listener = listener;
  }

  /** The run's folder. */
  public RunFolder folder() {
    return folder;
  }

  /** The data that the folder's run trains on; empty for a new run. */
  public Optional<SnapshotId> snapshot() {
    return Files.exists(folder.runFile())
        ? Optional.of(RunFile.read(folder).snapshot())
        : Optional.empty();
  }

  /**
   * Trains to the last step.
   *
   * @param data what is trained on and its sizes; for a folder that is a run already, the data of
   *     that run
   * @param codeVersion commit or release, shown in checkpoints
   * @param stop when it completes, the run ends after a checkpoint
   * @throws CommandFailure with a sentence when the run cannot start or go on
   */
  public RunReport run(TrainingData data, String codeVersion, CompletionStage<Void> stop)
      throws InterruptedException {
    RunFile file = write(data);
    Path aeron = LocalRun.aeronFolder(file.run());
    TrainingRunSettings run =
        new TrainingRunSettings(
            new RunSettings(identity(file, codeVersion), plan(aeron), RunLimits.DEFAULTS),
            new Endpoint(settings.cluster().host(), settings.cluster().port()),
            folder.journal(),
            Math.max(1, settings.training().steps() / JOURNAL_STEPS));
    List<String> trainer = List.of("trainer", "--run", folder.root().toString());
    try {
      return new LocalRun(resources(), trainer, aeron, folder.logs())
          .run(run, listener, running -> onStart(running, stop));
    } finally {
      folder.noteCoordinator("");
    }
  }

  private LocalRun.Resources resources() {
    return new LocalRun.Resources(
        settings.trainers().count(),
        settings.trainers().threads(),
        Math.toIntExact(settings.trainers().heapBytes() >> 20));
  }

  private void onStart(TrainingRun running, CompletionStage<Void> stop) {
    folder.noteCoordinator(running.endpoint().toString());
    stop.thenRun(() -> running.requestStop("asked to stop"));
  }

  /** Keeps identifier and data of a folder that is a run already. */
  private RunFile write(TrainingData data) {
    RunFile before = Files.exists(folder.runFile()) ? RunFile.read(folder) : null;
    RunFile file =
        new RunFile(
            before == null ? UUID.randomUUID().toString() : before.run(),
            settings.toJson(),
            before == null ? data.snapshot() : before.snapshot(),
            data.codebookSize(),
            data.tokensPerImage(),
            data.featureDim());
    try {
      if (before != null && !folder.publishedCheckpoints().isEmpty()) {
        FixedSettings.check(before, file, folder.root());
      }
      file.write(folder);
    } catch (IOException e) {
      throw new CommandFailure(
          "the run's folder " + folder.root() + " cannot be written: " + FileFailure.explain(e), e);
    }
    return file;
  }

  private RunIdentity identity(RunFile file, String codeVersion) {
    return new RunIdentity(
        file.run(), Fingerprints.settings(settings), file.snapshot().fingerprint(), codeVersion);
  }

  private RunPlan plan(Path aeron) {
    int trainers = settings.trainers().count();
    var training = settings.training();
    return new RunPlan(
        trainers,
        1,
        training.microshards(),
        training.steps(),
        training.checkpointEvery(),
        training.checkpointKeep(),
        folder.checkpoints().toString(),
        aeron.toString(),
        channel());
  }

  private static int freePort(String host) {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new CommandFailure(
          "exchange.host = " + host + ": no UDP port is free there: " + none.getMessage(), none);
    }
  }

  private String channel() {
    var exchange = settings.exchange();
    if (exchange.transport() == Transport.IPC) {
      return "aeron:ipc";
    }
    int port = exchange.port() == 0 ? freePort(exchange.host()) : exchange.port();
    return "aeron:udp?endpoint=" + exchange.host() + ":" + port;
  }
}
