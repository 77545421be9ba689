package io.hybnext.ops.gate;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.CurrentCheckpoint;
import io.hybnext.config.GateSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.metrics.KernelDistance;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.ops.evaluation.Painter;
import io.hybnext.ops.gate.GateRule.Decision;
import io.hybnext.ops.gate.GateRule.Figures;
import io.hybnext.ops.gate.GateRule.Reference;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.image.ImageFit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Measures a checkpoint on the fixed held-out set and on the newest items, compares it with the
 * accepted ones before, notes the verdict, and makes it current when it passes. On one thread.
 */
public final class Gate {
  private static final int PASS = 32;

  private final RunFolder folder;
  private final RunFile run;
  private final HybnextSettings settings;
  private final GateSettings gate;
  private final GateSet sets;
  private final Clock clock;

  /** The gate of a run, with the settings of its last start. */
  public Gate(RunFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    run = RunFile.read(folder);
    settings = run.effective();
    gate = settings.evaluation().gate();
    sets = new GateSet(settings.data(), run.snapshot(), gate.images());
  }

  /**
   * Judges a checkpoint.
   *
   * @param checkpoint folder of a published one
   * @throws CheckpointException when it is damaged
   * @throws IOException when it, or a network, cannot be read, or the verdict not be written
   */
  public Verdict judge(Path checkpoint) throws CheckpointException, IOException {
    long beganNs = System.nanoTime();
    long step = CheckpointFolder.verify(checkpoint).step();
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    List<Sample> fixed = sets.fixed();
    List<Sample> newest = sets.newest();
    CurrentCheckpoint current = new CurrentCheckpoint(folder.checkpoints());
    Verdicts verdicts = new Verdicts(folder.checkpoints());
    OptionalDouble best = verdicts.best(Verdict::nll);
    Reference before =
        new Reference(
            best, verdicts.best(Verdict::kid), currentNll(engine, current.folder(), newest));
    Figures figures = measure(engine, checkpoint, fixed, newest);
    Decision decision = new GateRule(gate).decide(figures, before);
    Verdict verdict =
        new Verdict(
            clock.instant().toString(),
            step,
            decision.accepted(),
            "gate",
            decision.reason(),
            figures.nll(),
            best.isPresent() ? (Double) (figures.nll() / best.getAsDouble() - 1) : null,
            figures.kid(),
            figures.newestNll(),
            figures.newestKid(),
            (System.nanoTime() - beganNs) / 1e9);
    verdicts.add(verdict);
    if (decision.accepted()) {
      current.use(step);
    }
    return verdict;
  }

  private OptionalDouble currentNll(TorchEngine engine, Optional<Path> current, List<Sample> newest)
      throws IOException {
    if (current.isEmpty() || newest.size() < 2) {
      return OptionalDouble.empty();
    }
    try (CheckpointModel model =
        CheckpointModel.open(engine, run.trainingConfig(), current.get())) {
      return OptionalDouble.of(model.measure(newest, PASS).nll());
    }
  }

  private Figures measure(
      TorchEngine engine, Path checkpoint, List<Sample> fixed, List<Sample> newest)
      throws IOException {
    boolean more = newest.size() >= 2;
    try (CheckpointModel model = CheckpointModel.open(engine, run.trainingConfig(), checkpoint)) {
      double nll = model.measure(fixed, PASS).nll();
      Double newestNll = more ? (Double) model.measure(newest, PASS).nll() : null;
      if (gate.pictures() == 0) {
        return new Figures(nll, null, newestNll, null);
      }
      Path network = Home.current().resolve("data.evaluator", settings.data().evaluator());
      try (Networks networks = Networks.open(engine, settings.data());
          VisionEncoder features = VisionEncoder.open(engine, network)) {
        double kid = kid(model, networks.tokenizer(), features, fixed);
        Double newestKid =
            more ? (Double) kid(model, networks.tokenizer(), features, newest) : null;
        return new Figures(nll, kid, newestNll, newestKid);
      }
    }
  }

  /** Of pictures drawn of the items' captions to the items as the tokenizer gives them back. */
  private double kid(
      CheckpointModel model,
      VisualTokenizer tokenizer,
      VisionEncoder features,
      List<Sample> samples) {
    List<Sample> few = samples.subList(0, Math.min(samples.size(), gate.pictures()));
    Painter painter = new Painter(tokenizer, settings.sampling(), settings.training().seed());
    int[][] tokens = few.stream().map(Sample::tokens).toArray(int[][]::new);
    List<Image> real = painter.images(tokenizer.decode(tokens));
    List<Image> drawn =
        painter.images(painter.draw(model, few.stream().map(Sample::caption).toList(), 0));
    return KernelDistance.between(encode(features, real), encode(features, drawn));
  }

  private static double[][] encode(VisionEncoder features, List<Image> images) {
    ImageFit fit = new ImageFit(features.framing(), features.channels());
    return features.encode(images.stream().map(fit::apply).toList(), PASS);
  }
}
