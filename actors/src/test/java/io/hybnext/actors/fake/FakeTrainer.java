package io.hybnext.actors.fake;

import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainerNode;
import io.hybnext.actors.exchange.AeronClient;
import io.hybnext.actors.exchange.AeronStepExchange;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.actors.launch.ProcessLauncher;
import io.hybnext.actors.launch.TrainerEnvironment;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.trainer.TrainerFactory;
import io.hybnext.streams.batch.BatchSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A trainer process with plain Java maths and the real exchange. */
public final class FakeTrainer implements TrainerFactory {
  /** Least time of a microshard, so that there is a middle of the run to disturb. */
  private static final long MICROSHARD_NS = 15_000_000;

  private final int microshards;
  private final long microshardNs;
  private final AeronClient client;

  /** Where a trainer exchanges: its driver's endpoint and folder; both empty in a plain run. */
  public record Host(String endpoint, String driver) {
    /** The run's only one. */
    public static final Host ONLY = new Host("", "");
  }

  /** Creates the factory; a microshard takes at least {@code microshardNs}. */
  public FakeTrainer(int microshards, long microshardNs) {
    this(microshards, microshardNs, "");
  }

  private FakeTrainer(int microshards, long microshardNs, String driver) {
    this.microshards = microshards;
    this.microshardNs = microshardNs;
    client = driver.isEmpty() ? null : new AeronClient(driver);
  }

  /** A launcher of such processes. */
  public static ProcessLauncher launcher(int trainers, int microshards, Path logs) {
    return launcher(trainers, microshards, logs, trainer -> Host.ONLY);
  }

  /** The same, each on a host. */
  public static ProcessLauncher launcher(
      int trainers, int microshards, Path logs, Function<String, Host> hosts) {
    List<String> names = IntStream.range(0, trainers).mapToObj(i -> "trainer-" + i).toList();
    return new ProcessLauncher(
        names,
        (trainer, incarnation, coordinator) ->
            quickStart(
                TrainerEnvironment.java(
                    128,
                    FakeTrainer.class.getName(),
                    List.of(
                        trainer,
                        "" + incarnation,
                        coordinator,
                        "" + microshards,
                        logs.toAbsolutePath().getParent().toString(),
                        hosts.apply(trainer).endpoint(),
                        hosts.apply(trainer).driver()))),
        TrainerEnvironment.forThreads(1),
        logs);
  }

  /** Most of the time of these short runs goes into starting processes. */
  public static List<String> quickStart(List<String> command) {
    List<String> quick = new ArrayList<>(command);
    quick.add(1, "-XX:TieredStopAtLevel=1");
    return quick;
  }

  /**
   * Arguments: name, incarnation, coordinator, number of microshards, folder of the run, endpoint
   * and folder of the driver.
   */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(3));
    TrainerNode.Settings settings =
        new TrainerNode.Settings(
            arguments[0],
            Long.parseLong(arguments[1]),
            Endpoint.parse(arguments[2]),
            Endpoint.loopback(),
            Path.of(arguments[4]),
            Duration.ofMinutes(1),
            arguments[5],
            Optional.empty(),
            Optional.empty());
    int microshards = Integer.parseInt(arguments[3]);
    String trouble =
        TrainerNode.run(settings, new FakeTrainer(microshards, MICROSHARD_NS, arguments[6]));
    System.out.println(trouble.isEmpty() ? "done" : trouble);
    System.exit(trouble.isEmpty() ? 0 : 1);
  }

  @Override
  public TrainStep openTrainStep() {
    return new FakeTrainStep(microshardNs);
  }

  @Override
  public BatchSource openBatches() {
    return new FakeBatches(microshards);
  }

  @Override
  public StepExchange openExchange(Generation of, String trainer, BucketLayout layout) {
    ExchangeSettings settings = ExchangeSettings.defaults();
    return client == null
        ? AeronStepExchange.open(of, trainer, layout, settings)
        : AeronStepExchange.open(of, trainer, layout, settings, client);
  }
}
