package io.hybnext.ops.demo;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.VqTokenizer;
import io.hybnext.model.tokenizer.training.ReconstructionCheck;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.evaluation.Evaluator;
import io.hybnext.ops.evaluation.HeldOutSet;
import io.hybnext.ops.evaluation.Painter;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.HeldOutImages.HeldOut;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.CheckpointModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures and draws the checkpoints of a run, one after the other, with the same noise for each.
 * Used by one thread at a time.
 */
public final class Exhibition {
  private static final int COLUMNS = 6;

  private final HybnextSettings settings;
  private final TorchEngine engine;
  private final VqTokenizer tokenizer;
  private final HeldOutSet heldOut;
  private final Path folder;
  private final Progress progress;

  /**
   * Prepares the exhibition.
   *
   * @param tokenizer stays the caller's
   * @param folder the report's; pictures go into {@code pictures} below it
   */
  public Exhibition(
      HybnextSettings settings,
      TorchEngine engine,
      VqTokenizer tokenizer,
      HeldOutSet heldOut,
      Path folder,
      Progress progress) {
    this.settings = settings;
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.heldOut = heldOut;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * A checkpoint to show.
   *
   * @param step number of steps in it; 0 for the untrained network
   * @param folder null for the untrained network
   */
  public record Exhibit(long step, Path folder) {}

  /**
   * What came out; files are relative to the report's folder.
   *
   * @param captions of the columns
   * @param references real images of the captions
   * @param samples one row an exhibit
   * @param evaluations one an exhibit
   * @param reconstruction the tokenizer's quality on the held-out images
   */
  public record Shown(
      List<String> captions,
      List<String> references,
      List<ReportData.SampleRow> samples,
      List<ReportData.Evaluation> evaluations,
      ReportData.Reconstruction reconstruction) {}

  /**
   * Measures and draws.
   *
   * @param config of the run
   * @throws IOException when a checkpoint or a network is damaged, or pictures cannot be written
   */
  public Shown show(TrainingConfig config, List<Exhibit> exhibits) throws IOException {
    long seed = settings.training().seed();
    Painter painter = new Painter(tokenizer, settings.sampling(), seed);
    Path network = Home.current().resolve("data.evaluator", settings.data().evaluator());
    List<HeldOut> columns = heldOut.oneACaption(COLUMNS);
    List<String> captions = columns.stream().map(HeldOut::caption).toList();
    List<ReportData.SampleRow> samples = new ArrayList<>();
    List<ReportData.Evaluation> evaluations = new ArrayList<>();
    try (Evaluator evaluator = new Evaluator(engine, network, painter, heldOut, seed)) {
      for (Exhibit exhibit : exhibits) {
        try (CheckpointModel model = open(config, exhibit)) {
          evaluations.add(evaluator.evaluate(model, exhibit.step()));
          samples.add(sampleRow(painter, model, exhibit, captions));
        }
        double perSecond = Double.NaN;
        progress.tell(
            new ProgressEvent.Stage(
                "evaluate", samples.size(), exhibits.size(), perSecond, "checkpoints"));
      }
    }
    List<byte[]> real = pixels(columns);
    return new Shown(
        captions,
        relative(painter.write(pictures(), "real", real)),
        samples,
        evaluations,
        reconstruction(painter, real));
  }

  private CheckpointModel open(TrainingConfig config, Exhibit exhibit) throws IOException {
    return exhibit.folder() == null
        ? CheckpointModel.untrained(engine, config)
        : CheckpointModel.open(engine, config, exhibit.folder());
  }

  private ReportData.SampleRow sampleRow(
      Painter painter, CheckpointModel model, Exhibit exhibit, List<String> captions)
      throws IOException {
    String prefix = String.format(Locale.ROOT, "step-%08d", exhibit.step());
    List<byte[]> drawn = painter.draw(model, captions, 0);
    return new ReportData.SampleRow(
        exhibit.step(), relative(painter.write(pictures(), prefix, drawn)));
  }

  private ReportData.Reconstruction reconstruction(Painter painter, List<byte[]> real)
      throws IOException {
    ReconstructionCheck check = ReconstructionCheck.of(tokenizer, pixels(heldOut.images()));
    List<byte[]> again = painter.reconstruct(real);
    return new ReportData.Reconstruction(
        settings.data().tokenizer()
            + ", "
            + tokenizer.config().tokensPerImage()
            + " tokens an image",
        check.psnr(),
        check.ssim(),
        check.codesUsed() / (double) tokenizer.config().codebookSize(),
        String.join(" and ", settings.data().heldOutSplits()) + " (" + check.images() + " images)",
        relative(painter.write(pictures(), "original", real)),
        relative(painter.write(pictures(), "reconstruction", again)));
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
}
