package io.hybnext.ops.bench;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.MixingSettings;
import io.hybnext.file.TemporaryFolder;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.TrainingConfigs;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.PrefetchSettings;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.StoreBatchSource;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Continual fine-tuning on the sample's three collections, which come one after the other: with new
 * items mixed into replayed ones as settings say, and naively, on the new items alone. Both arms
 * begin alike, do the same number of steps, and are measured on held-out items of every collection
 * after each wave.
 */
public final class ContinualBenchmark {
  private static final List<String> COLLECTIONS = List.of("Kermany", "NIH", "Hannover");
  private static final int PASS = 32;

  private final TorchEngine engine;
  private final HybnextSettings settings;
  private final int images;
  private final int steps;

  /**
   * NLL in nats a token on held-out items: a row after each wave, a column for each collection.
   *
   * @param nll rows and columns in the order of the waves
   */
  public record Arm(double[][] nll) {

    /** Share by which the first collection's NLL at the end is above what its own wave reached. */
    public double forgetting() {
      return nll[nll.length - 1][0] / nll[0][0] - 1;
    }

    /**
     * Share by which a wave brought down the NLL of its own collection.
     *
     * @param wave from 1
     */
    public double adaptation(int wave) {
      return 1 - nll[wave][wave] / nll[wave - 1][wave];
    }
  }

  /** What came out. */
  public record Result(Arm mixed, Arm naive, List<Integer> items) {

    /** As named values. */
    public Map<String, Object> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("collections", COLLECTIONS);
      figures.put("items", items);
      for (Map.Entry<String, Arm> arm :
          new TreeMap<>(Map.of("mixed", mixed, "naive", naive)).entrySet()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("nll", arm.getValue().nll());
        one.put("forgetting", arm.getValue().forgetting());
        one.put("adaptation", List.of(arm.getValue().adaptation(1), arm.getValue().adaptation(2)));
        figures.put(arm.getKey(), one);
      }
      return figures;
    }
  }

  /**
   * Prepares it.
   *
   * @param settings of data and training; the model is theirs
   * @param images most images of a collection and split
   * @param steps of each wave
   */
  public ContinualBenchmark(TorchEngine engine, HybnextSettings settings, int images, int steps) {
    OptionRange.check("images", images, 2, 1_000_000);
    OptionRange.check("steps", steps, 1, 1_000_000);
    this.engine = engine;
    this.settings = settings;
    this.images = images;
    this.steps = steps;
  }

  /** What both arms have in common. */
  private record Setting(
      StreamSystem streams,
      Path store,
      TrainingConfig config,
      List<SnapshotId> snapshots,
      List<List<Sample>> heldOut) {}

  /**
   * Ingests the three collections, trains both arms, measures them.
   *
   * @param tokenizer stays the caller's, as the encoder does
   */
  public Result run(ImageTokenizer tokenizer, FeatureEncoder encoder)
      throws IOException, InterruptedException {
    try (TemporaryFolder folder = TemporaryFolder.create("hybnext-continual");
        StreamSystem streams = new StreamSystem("hybnext-continual")) {
      Path store = folder.path().resolve("store");
      SourceWaves waves = new SourceWaves(settings, tokenizer, encoder, streams.system(), store);
      List<SnapshotId> snapshots = new ArrayList<>();
      for (String collection : COLLECTIONS) {
        snapshots.add(waves.add(collection, images));
      }
      List<List<Sample>> heldOut = COLLECTIONS.stream().map(waves::heldOut).toList();
      TrainingConfig config =
          TrainingConfigs.of(
              settings, tokenizer.codebookSize(), tokenizer.tokensPerImage(), encoder.dimension());
      Setting setting = new Setting(streams, store, config, snapshots, heldOut);
      Path first = folder.path().resolve("first");
      double[] began = firstWave(setting, first);
      return new Result(
          arm(setting, first, began, folder.path().resolve("mixed"), mixing()),
          arm(setting, first, began, folder.path().resolve("naive"), onlyNew()),
          snapshots.stream().map(id -> Math.toIntExact(id.items())).toList());
    }
  }

  /** Trains on the first collection, which both arms have in common. */
  private double[] firstWave(Setting setting, Path checkpoint) throws IOException {
    WaveLedger none = new WaveLedger(checkpoint.resolveSibling(WaveLedger.FILE));
    try (LoneTraining training = training(setting, none, LoneTraining.Start.NOTHING)) {
      training.run(0, steps);
      return measure(setting, training.save(checkpoint));
    }
  }

  private LoneTraining training(Setting setting, WaveLedger waves, LoneTraining.Start start)
      throws IOException {
    int microshards = settings.training().microshards();
    StoreBatchSource batches =
        new StoreBatchSource(
            setting.streams().system(),
            setting.store(),
            setting.snapshots().get(0),
            settings.training().seed(),
            settings.training().globalBatch(),
            microshards,
            waves,
            PrefetchSettings.DEFAULT);
    return new LoneTraining(engine, setting.config(), batches, microshards, start);
  }

  private Mixing mixing() {
    MixingSettings m = settings.data().mixing();
    return new Mixing(m.newShare(), m.newSteps(), m.newRepeats(), m.halfLife(), m.oldestShare());
  }

  /** Nothing but the items of the last wave. */
  private Mixing onlyNew() {
    return new Mixing(1, steps, 1e6, 0, 0);
  }

  private Arm arm(Setting setting, Path first, double[] began, Path run, Mixing mixing)
      throws IOException {
    Files.createDirectories(run);
    WaveLedger ledger = new WaveLedger(run.resolve(WaveLedger.FILE));
    int waves = setting.snapshots().size();
    for (int wave = 1; wave < waves; wave++) {
      ledger.add(new Wave((long) wave * steps, setting.snapshots().get(wave), mixing));
    }
    double[][] nll = new double[waves][];
    nll[0] = began;
    LoneTraining.Start start = new LoneTraining.Start(steps, first);
    try (LoneTraining training = training(setting, ledger, start)) {
      for (int wave = 1; wave < waves; wave++) {
        training.run((long) wave * steps, (long) (wave + 1) * steps);
        nll[wave] = measure(setting, training.save(run.resolve("wave-" + wave)));
      }
    }
    return new Arm(nll);
  }

  private double[] measure(Setting setting, Path checkpoint) throws IOException {
    try (CheckpointModel model = CheckpointModel.open(engine, setting.config(), checkpoint)) {
      return setting.heldOut().stream()
          .mapToDouble(set -> model.measure(set, PASS).nll())
          .toArray();
    }
  }
}
