package io.hybnext.ops.run;

import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.LeaderAddress;
import io.hybnext.actors.cluster.Rendezvous;
import io.hybnext.actors.cluster.TrainerNode;
import io.hybnext.actors.exchange.AeronClient;
import io.hybnext.actors.exchange.AeronStepExchange;
import io.hybnext.actors.exchange.Encryption;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.exchange.WireFormat;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.trainer.TrainerFactory;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.OptimiserSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.optimiser.RewarmedRate;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.home.NvidiaGauge;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.management.ManagementPort;
import io.hybnext.ops.wiring.ModelTrainStep;
import io.hybnext.streams.batch.BatchSource;
import io.hybnext.streams.batch.PrefetchSettings;
import io.hybnext.streams.batch.StoreBatchSource;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A trainer process of a run: model, data and exchange as the run's file says. */
public final class TrainerProcess implements TrainerFactory, AutoCloseable {
  private final RunFolder folder;
  private final RunFile run;
  private final HybnextSettings settings;
  private final int number;
  private final MachineDriver driver;
  private final Optional<Rendezvous> rendezvous;
  private final AeronClient aeron;
  private final OpenAhead<StreamSystem> openingStreams;
  private final OpenAhead<ModelTrainStep> openingModel;
  private final Optional<NvidiaGauge> gauge;
  private StreamSystem streams; // null until batches are asked for

  /**
   * Begins to load the model and to start what reads the data: the process can join the cluster
   * meanwhile.
   *
   * @param folder of the run
   * @param number of this trainer among those of its machine, from 0: picks its GPU
   */
  public TrainerProcess(RunFolder folder, int number) {
    this(folder, RunFile.read(folder), number);
  }

  private TrainerProcess(RunFolder folder, RunFile run, int number) {
    this(
        folder,
        run,
        number,
        run.effective(),
        MachineDriver.ofRun(run.effective()),
        Optional.empty());
  }

  private TrainerProcess(
      RunFolder folder,
      RunFile run,
      int number,
      HybnextSettings settings,
      MachineDriver driver,
      Optional<Rendezvous> rendezvous) {
    this.rendezvous = rendezvous;
    this.folder = folder;
    this.run = run;
    this.number = number;
    this.settings = settings;
    this.driver = driver;
    aeron = new AeronClient(driver.folder());
    gauge = gauge(computeDevice());
    openingModel = new OpenAhead<>("model-opening", this::openModel);
    openingStreams = new OpenAhead<>("streams-opening", () -> new StreamSystem("hybnext-batches"));
  }

  /**
   * Prepares a process that joins a run from a machine of its own.
   *
   * @param folder of the run as this machine sees it
   * @param local settings of this machine, see {@link HybnextSettings#onMachineOf}
   */
  public static TrainerProcess joining(RunFolder folder, HybnextSettings local) {
    RunFile run = RunFile.read(folder);
    HybnextSettings started = run.effective();
    HybnextSettings own = started.onMachineOf(local);
    return new TrainerProcess(
        folder,
        run,
        0,
        own,
        MachineDriver.joining(run.run(), started, own),
        ManagementPort.of(local.cluster()));
  }

  /**
   * Joins the run and trains until it ends.
   *
   * @throws CommandFailure with a sentence when it has to give up
   */
  public void train(String trainer, long incarnation, String coordinator)
      throws InterruptedException {
    join(node(trainer, incarnation, coordinator), this);
  }

  /**
   * Joins the run and trains until it ends, or it is asked to leave, or the run was started again
   * after its coordinator was lost.
   *
   * @param leave when it completes, with the reason, the others go on without it and it ends
   * @param leader where the run is led now
   * @return where to join the run again; empty when this process is done
   * @throws CommandFailure with a sentence when it has to give up
   */
  Optional<Endpoint> train(
      String trainer,
      long incarnation,
      String coordinator,
      CompletionStage<String> leave,
      LeaderAddress leader)
      throws InterruptedException {
    TrainerNode.Ending ending = join(node(trainer, incarnation, coordinator), this, leave, leader);
    if (ending.elsewhere().isEmpty()) {
      require(ending);
    }
    return ending.elsewhere();
  }

  private TrainerNode.Settings node(String trainer, long incarnation, String coordinator) {
    return new TrainerNode.Settings(
        trainer,
        incarnation,
        Endpoint.parse(coordinator),
        new Endpoint(settings.cluster().host(), 0),
        folder.root(),
        settings.cluster().coordinatorPatience(),
        driver.endpoint(),
        RunDescription.proof(settings.cluster()),
        rendezvous);
  }

  /**
   * Joins a run as the trainer that {@code factory} opens, and trains until the run ends.
   *
   * @throws CommandFailure with a sentence when it has to give up
   */
  public static void join(TrainerNode.Settings node, TrainerFactory factory)
      throws InterruptedException {
    require(join(node, factory, new CompletableFuture<>(), LeaderAddress.NONE));
  }

  private static TrainerNode.Ending join(
      TrainerNode.Settings node,
      TrainerFactory factory,
      CompletionStage<String> leave,
      LeaderAddress leader)
      throws InterruptedException {
    try {
      return TrainerNode.run(node, factory, leave, leader);
    } catch (ClusterException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
  }

  private static void require(TrainerNode.Ending ending) {
    if (!ending.reason().isEmpty()) {
      throw new CommandFailure(ending.reason());
    }
  }

  @Override
  public TrainStep openTrainStep() {
    return openingModel.take();
  }

  private ComputeDevice computeDevice() {
    return ComputeDevice.parse(settings.trainers().device()).forProcess(number);
  }

  private static Optional<NvidiaGauge> gauge(ComputeDevice device) {
    return device.kind() == ComputeDevice.Kind.CPU
        ? Optional.empty()
        : Optional.of(new NvidiaGauge(device.index(), System.getenv("CUDA_VISIBLE_DEVICES")));
  }

  @Override
  public Vitals.Device device() {
    return gauge.map(NvidiaGauge::seen).orElse(Vitals.Device.NONE);
  }

  private ModelTrainStep openModel() {
    TorchEngine engine = TorchEngine.start(computeDevice(), settings.trainers().threads());
    return new ModelTrainStep(engine, rewarmed(run.trainingConfig()));
  }

  /** The rate warms up again where new items enter, if settings want it. */
  private TrainingConfig rewarmed(TrainingConfig config) {
    OptimiserSettings optimiser = settings.optimiser();
    if (optimiser.rewarmSteps() == 0) {
      return config;
    }
    WaveLedger waves = folder.waves();
    return config.withLearningRate(
        new RewarmedRate(
            config.learningRate(),
            () -> waves.waves().stream().map(Wave::step).toList(),
            optimiser.rewarmSteps(),
            optimiser.rewarmShare()));
  }

  @Override
  public BatchSource openBatches() {
    streams = openingStreams.take();
    return new StoreBatchSource(
        streams.system(),
        settings.data().store(),
        run.snapshot(),
        settings.training().seed(),
        settings.training().globalBatch(),
        settings.training().microshards(),
        folder.waves(),
        PrefetchSettings.DEFAULT);
  }

  @Override
  public StepExchange openExchange(Generation generation, String trainer, BucketLayout layout) {
    ExchangeSettings exchange =
        ExchangeSettings.defaults()
            .withLimits(settings.exchange().timeout(), settings.exchange().timeout())
            .withDatagram(Math.toIntExact(settings.exchange().datagramBytes()))
            .withTermLength(Math.toIntExact(settings.exchange().termLengthBytes()))
            .withEncryption(Encryption.valueOf(settings.exchange().encryption().name()))
            .withWire(WireFormat.valueOf(settings.exchange().wire().name()));
    if (generation.worldSize() > 1) {
      driver.prepare();
    }
    return AeronStepExchange.open(generation, trainer, layout, exchange, aeron);
  }

  @Override
  public void close() {
    gauge.ifPresent(NvidiaGauge::close);
    aeron.close();
    driver.close();
    openingModel.close();
    openingStreams.close();
    if (streams != null) {
      streams.close();
    }
  }
}
