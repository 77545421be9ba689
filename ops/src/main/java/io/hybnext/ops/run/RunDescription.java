package io.hybnext.ops.run;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TlsFiles;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.config.ClusterSettings;
import io.hybnext.config.ExchangeSettings.Transport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.intake.DatabaseProbe;
import io.hybnext.ops.intake.IntakeProbe;
import io.hybnext.ops.intake.LedgerService;
import io.hybnext.ops.management.ManagementPort;
import io.hybnext.streams.ledger.LedgerDatabase;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A run as its coordinator needs to know it, from its folder, its file and the settings in force.
 *
 * @param folder of the run
 * @param file what makes it a run
 * @param settings effective ones
 */
record RunDescription(RunFolder folder, RunFile file, HybnextSettings settings) {
  private static final int JOURNAL_STEPS = 2_000; // enough for curves, little for the disk

  /**
   * What a coordinator is started with.
   *
   * @param codeVersion commit or release, shown in checkpoints
   */
  TrainingRunSettings settings(String codeVersion) {
    RunLimits limits =
        RunLimits.DEFAULTS
            .withSilenceLimit(settings.cluster().silenceLimit())
            .withStatePatience(settings.cluster().statePatience());
    return new TrainingRunSettings(
            new RunSettings(identity(codeVersion), plan(), limits),
            new Endpoint(settings.cluster().host(), settings.cluster().port()),
            folder.journal(),
            Math.max(1, settings.training().steps() / JOURNAL_STEPS),
            proof(settings.cluster()))
        .withProbes(probes())
        .with(ManagementPort.of(settings.cluster()));
  }

  private List<HealthProbe> probes() {
    LedgerDatabase database = LedgerService.database(settings);
    IntakeProbe intake = new IntakeProbe(settings.data().store());
    return database.isServer() ? List.of(new DatabaseProbe(database), intake) : List.of(intake);
  }

  /** What a process of this machine proves with that it belongs to the cluster. */
  static Optional<TlsFiles> proof(ClusterSettings cluster) {
    return cluster.usesTls() ? Optional.of(new TlsFiles(cluster.certificates())) : Optional.empty();
  }

  private RunIdentity identity(String codeVersion) {
    return new RunIdentity(
        file.run(), Fingerprints.settings(settings), file.snapshot().fingerprint(), codeVersion);
  }

  private RunPlan plan() {
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
        LocalRun.aeronFolder(file.run()).toString(),
        channel());
  }

  private String channel() {
    var exchange = settings.exchange();
    if (exchange.transport() == Transport.IPC) {
      return "aeron:ipc";
    }
    String host = settings.exchangeHost();
    int port = exchange.port() == 0 ? freePort(host) : exchange.port();
    return "aeron:udp?endpoint=" + host + ":" + port;
  }

  static int freePort(String host) {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new CommandFailure(
          "exchange.host = " + host + ": no UDP port is free there: " + none.getMessage(), none);
    }
  }
}
