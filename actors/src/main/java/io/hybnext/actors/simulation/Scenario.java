package io.hybnext.actors.simulation;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.streams.batch.WaveLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.agrona.concurrent.NanoClock;

/**
 * What one simulation is like: the run, the machines, the network, and how much goes wrong. Drawn
 * from the seed, so that a thousand seeds are a thousand different clusters.
 */
final class Scenario {
  /** Nanoseconds a second. */
  static final long SECOND = 1_000_000_000L;

  private static final long MILLI = 1_000_000L;
  private static final Path FOLDER = Path.of("/run/checkpoints");
  private static final List<List<Integer>> LAYOUTS =
      List.of(List.of(9, 3, 17, 5, 8, 4), List.of(12, 7), List.of(5), List.of(3, 3, 3, 3, 3, 3, 3));
  private static final int[] MICROSHARDS = {1, 2, 3, 4, 4, 5, 8, 8};

  final long seed;
  final int trainers;
  final SimulatedModel model;
  final long steps;
  final long checkpointEvery;
  final int keepCheckpoints;
  final long microshardNs; // forward and backward, on a machine of usual speed
  final double[] slowness; // by slot
  final long launchNs; // until the model is open
  final long wayNs; // a message of the exchange
  final long mailNs; // a message to or from the coordinator, on average
  final double mailLoss;
  final double mailTwice;
  final boolean standby; // another process takes over when the coordinator's ends
  final boolean deathIsPushed; // whether the end of a process is known at once
  final long faultEveryNs; // on average
  final long faultsUntilNs;
  final double diskTrouble;
  final boolean newItems; // enter while the run goes on
  final int hosts; // that the trainers are on

  private Scenario(long seed, double days) {
    this.seed = seed;
    Chance chance = new Chance(seed, 100);
    int microshards = MICROSHARDS[chance.below(MICROSHARDS.length)];
    int most = Math.min(microshards, 5);
    trainers = 1 + Math.max(chance.below(most), chance.below(most));
    model = new SimulatedModel(microshards, LAYOUTS.get(chance.below(LAYOUTS.size())));
    long stepNs = chance.between(SECOND / 2, 12 * SECOND);
    microshardNs = stepNs * trainers / microshards;
    steps =
        days > 0 ? Math.max(1, (long) (days * 86_400 * SECOND / stepNs)) : 20 + chance.below(30);
    checkpointEvery = chance.below(8) == 0 ? 0 : 3 + chance.below(12);
    keepCheckpoints = 1 + chance.below(3);
    slowness = new double[Faults.MOST_TRAINERS];
    for (int slot = 0; slot < slowness.length; slot++) {
      slowness[slot] = chance.happens(0.1) ? 1 + 3 * chance.below(100) / 100.0 : 1;
    }
    launchNs = chance.between(SECOND / 10, 8 * SECOND);
    wayNs = chance.between(20_000, 5 * MILLI);
    mailNs = chance.between(MILLI / 5, 20 * MILLI);
    mailLoss = chance.happens(0.5) ? 0 : 0.05 * chance.below(100) / 100;
    mailTwice = chance.happens(0.5) ? 0 : 0.05;
    deathIsPushed = chance.happens(0.8);
    faultEveryNs = (long) (stepNs * (1.5 + chance.below(12)));
    faultsUntilNs = (long) (steps * stepNs * 0.8);
    diskTrouble = chance.happens(0.3) ? 0.01 : 0;
    standby = chance.happens(0.6);
    newItems = chance.happens(0.3);
    hosts = chance.happens(0.5) ? 1 : 2 + chance.below(2);
  }

  /** A short run that little can go wrong in but much does. */
  static Scenario ofSeed(long seed) {
    return new Scenario(seed, 0);
  }

  /**
   * A run of so much training time.
   *
   * @param days of training, without what faults add
   */
  static Scenario ofDays(long seed, double days) {
    return new Scenario(seed, days);
  }

  /** Settings of the run, as the coordinator gets them. */
  RunSettings runSettings() {
    RunPlan plan =
        new RunPlan(
            trainers,
            1,
            model.microshards(),
            steps,
            checkpointEvery,
            keepCheckpoints,
            FOLDER.toString(),
            "/dev/shm/simulated",
            "aeron:ipc");
    RunLimits limits =
        new RunLimits(
            3,
            Duration.ofSeconds(30),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            10,
            1000,
            Duration.ofSeconds(180),
            Duration.ofSeconds(120),
            Duration.ofSeconds(60).plusNanos(5 * slowestStepNs()),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            50,
            1.5);
    return new RunSettings(identity(), plan, limits);
  }

  private long slowestStepNs() {
    return 4 * microshardNs * model.microshards();
  }

  /** Name of the host that the trainer of a slot is on; empty in a run of one host. */
  String host(int slot) {
    return hosts == 1 ? "" : "host-" + slot % hosts;
  }

  /** How long the undisturbed run takes. */
  long trainingNs() {
    return steps * (microshardNs * model.microshards() / trainers);
  }

  /** Of the run. */
  RunIdentity identity() {
    return new RunIdentity("simulation", "settings", "data", "simulation");
  }

  /** Folder of the checkpoints. */
  Path checkpoints() {
    return FOLDER;
  }

  /** The coordinator's journal. */
  Path journal() {
    return Path.of("/run/run.jsonl");
  }

  /** Where it is noted how new items enter. */
  Path waves() {
    return journal().resolveSibling(WaveLedger.FILE);
  }

  /** Settings of the exchange. */
  ExchangeSettings exchangeSettings(NanoClock clock) {
    Duration silence = Duration.ofSeconds(10).plusNanos(2 * slowestStepNs());
    return ExchangeSettings.defaults().withLimits(silence, silence).withClock(clock);
  }

  @Override
  public String toString() {
    return String.format(
        "seed %d: %d trainers on %d hosts, %d microshards, %d buckets, %d steps of %.1f s, checkpoint every %d,"
            + " keep %d, way %.2f ms, mail %.1f ms (lost %.1f %%, twice %.1f %%), faults every %.0f s",
        seed,
        trainers,
        hosts,
        model.microshards(),
        model.lengths().size(),
        steps,
        microshardNs * model.microshards() / 1e9 / trainers,
        checkpointEvery,
        keepCheckpoints,
        wayNs / 1e6,
        mailNs / 1e6,
        100 * mailLoss,
        100 * mailTwice,
        faultEveryNs / 1e9);
  }
}
