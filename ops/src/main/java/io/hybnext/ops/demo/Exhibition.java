package io.hybnext.ops.demo;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.tokenizer.training.ReconstructionCheck;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.evaluation.Evaluator;
import io.hybnext.ops.evaluation.HeldOutSet;
import io.hybnext.ops.evaluation.Painter;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.HeldOutImages.HeldOut;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.CheckpointModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Measures and draws the networks of a run, one after the other in any order, with the same noise
 * for each. Used by one thread at a time.
 */
public final class Exhibition implements AutoCloseable {
  private static final int COLUMNS = 6;

  private final HybnextSettings settings;
  private final TorchEngine engine;
  private final TrainingConfig config;
  private final VisualTokenizer tokenizer;
  private final Path folder;
  private final Painter painter;
  private final Evaluator evaluator;
  private final List<HeldOut> columns;
  private final List<String> references;
  private final ReportData.Reconstruction reconstruction;
  private final SortedMap<Long, ReportData.SampleRow> samples = new TreeMap<>();
  private final SortedMap<Long, ReportData.Evaluation> evaluations = new TreeMap<>();

  /**
   * Prepares the exhibition: draws the real images and measures what the tokenizer keeps of them.
   *
   * @param config of the run
   * @param tokenizer stays the caller's
   * @param folder the report's; pictures go into {@code pictures} below it
   * @throws IOException when a network is damaged, or pictures cannot be written
   */
  public Exhibition(
      HybnextSettings settings,
      TorchEngine engine,
      TrainingConfig config,
      VisualTokenizer tokenizer,
      HeldOutSet heldOut,
      Path folder)
      throws IOException {
    this.settings = settings;
    this.engine = engine;
    this.config = config;
    this.tokenizer = tokenizer;
    this.folder = folder;
    long seed = settings.training().seed();
    painter = new Painter(tokenizer, settings.sampling(), seed);
    columns = heldOut.oneACaption(COLUMNS);
    List<byte[]> real = pixels(columns);
    references = relative(painter.write(pictures(), "real", real));
    List<byte[]> squares = heldOut.pixels();
    int[][] tokens = tokenizer.encode(squares);
    List<byte[]> made = tokenizer.decode(tokens);
    reconstruction =
        reconstruction(real, ReconstructionCheck.of(tokenizer.codes(), squares, tokens, made));
    Path network = Home.current().resolve("data.evaluator", settings.data().evaluator());
    evaluator = new Evaluator(engine, network, painter, heldOut, made, seed);
  }

  /**
   * A network to show.
   *
   * @param step number of steps in it; 0 for the untrained network
   * @param checkpoint its folder; null for the untrained network
   */
  public record Exhibit(long step, Path checkpoint) {

    /** The network before the first step. */
    public static Exhibit untrained() {
      return new Exhibit(0, null);
    }
  }

  /**
   * What came out; files are relative to the report's folder.
   *
   * @param captions of the columns
   * @param references real images of the captions
   * @param samples one row an exhibit, by step
   * @param evaluations one an exhibit, by step
   * @param reconstruction the tokenizer's quality on the held-out images
   */
  public record Shown(
      List<String> captions,
      List<String> references,
      List<ReportData.SampleRow> samples,
      List<ReportData.Evaluation> evaluations,
      ReportData.Reconstruction reconstruction) {}

  /**
   * Measures and draws one network.
   *
   * @throws IOException when the checkpoint is damaged, or pictures cannot be written
   */
  public void show(Exhibit exhibit) throws IOException {
    try (CheckpointModel model = open(exhibit)) {
      ReportData.Evaluation evaluation = evaluator.evaluate(model, exhibit.step());
      ReportData.SampleRow row = sampleRow(model, exhibit.step());
      evaluations.put(exhibit.step(), evaluation);
      samples.put(exhibit.step(), row);
    }
  }

  private CheckpointModel open(Exhibit exhibit) throws IOException {
    return exhibit.checkpoint() == null
        ? CheckpointModel.untrained(engine, config)
        : CheckpointModel.open(engine, config, exhibit.checkpoint());
  }

  private ReportData.SampleRow sampleRow(CheckpointModel model, long step) throws IOException {
    String prefix = String.format(Locale.ROOT, "step-%08d", step);
    List<byte[]> drawn = painter.draw(model, captions(), 0);
    return new ReportData.SampleRow(step, relative(painter.write(pictures(), prefix, drawn)));
  }

  private ReportData.Reconstruction reconstruction(List<byte[]> real, ReconstructionCheck check)
      throws IOException {
    List<byte[]> again = painter.reconstruct(real);
    return new ReportData.Reconstruction(
        settings.data().tokenizer()
            + ", "
            + tokenizer.codes().tokensPerImage()
            + " tokens an image",
        check.psnr(),
        check.ssim(),
        check.codesUsed() / (double) tokenizer.codes().codebookSize(),
        String.join(" and ", settings.data().heldOutSplits()) + " (" + check.images() + " images)",
        relative(painter.write(pictures(), "original", real)),
        relative(painter.write(pictures(), "reconstruction", again)));
  }

  /** Everything shown so far. */
  public Shown shown() {
    return new Shown(
        captions(),
        references,
        List.copyOf(samples.values()),
        List.copyOf(evaluations.values()),
        reconstruction);
  }

  /**
   * Picks networks of a run to show: the last one, the first one, and some spread in between, in
   * the order in which they matter.
   *
   * @param checkpoints by step
   * @param most at most so many
   */
  static List<Exhibit> pick(List<Exhibit> checkpoints, int most) {
    int last = checkpoints.size() - 1;
    int picked = Math.min(most, checkpoints.size());
    List<Exhibit> exhibits = new ArrayList<>();
    for (int i = 0; i < picked; i++) {
      exhibits.add(checkpoints.get(picked == 1 ? last : i * last / (picked - 1)));
    }
    if (picked > 1) {
      exhibits.add(0, exhibits.remove(picked - 1));
    }
    return exhibits;
  }

  private List<String> captions() {
    return columns.stream().map(HeldOut::caption).toList();
  }

  private static List<byte[]> pixels(List<HeldOut> images) {
    return images.stream().map(one -> one.image().pixels()).toList();
  }

  private Path pictures() {
    return folder.resolve("pictures");
  }

  private List<String> relative(List<Path> files) {
    return files.stream().map(file -> folder.relativize(file).toString()).toList();
  }

  @Override
  public void close() {
    evaluator.close();
  }
}
