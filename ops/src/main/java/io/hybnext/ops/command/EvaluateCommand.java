package io.hybnext.ops.command;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.CheckpointManifest;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.evaluation.CaptionAgreement;
import io.hybnext.ops.evaluation.Evaluator;
import io.hybnext.ops.evaluation.HeldOutSet;
import io.hybnext.ops.evaluation.Painter;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.intake.HeldOutImages.HeldOut;
import io.hybnext.ops.intake.IntakeSource;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.run.TrainJob;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.Networks;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}: measures a checkpoint. */
@Command(
    name = "evaluate",
    description =
        "Measure a checkpoint on held-out images: NLL, alignment, KID, FID, precision, recall,"
            + " SSIM, and with --clip CLIP scores.")
public final class EvaluateCommand extends HybnextCommand {
  @Mixin private CheckpointOptions choice;

  @Option(
      names = "--clip",
      paramLabel = "DIR",
      description = "Folder of a BioMedCLIP with its tokenizer: adds CLIP scores.")
  private Path clip;

  @Override
  protected void run() throws Exception {
    HybnextSettings settings = choice.settings();
    Path checkpoint = choice.checkpoint();
    CheckpointManifest manifest = CheckpointFolder.verify(checkpoint);
    TorchEngine engine = TrainJob.engine();
    Path network = Home.current().resolve("data.evaluator", settings.data().evaluator());
    long seed = settings.training().seed();
    try (CaptionAgreement agreement = clip == null ? null : CaptionAgreement.open(engine, clip);
        Networks networks = Networks.open(engine, settings.data());
        CheckpointModel model = CheckpointModel.open(engine, choice.trainingConfig(), checkpoint)) {
      HeldOutSet heldOut =
          HeldOutSet.read(
              settings.data(),
              IntakeSource.ofFiles(settings),
              choice.runFile().snapshot(),
              settings.evaluation().images(),
              networks.tokenizer().codes().channels());
      Painter painter = new Painter(networks.tokenizer(), settings.sampling(), seed);
      try (Evaluator evaluator = new Evaluator(engine, network, painter, heldOut, seed)) {
        List<byte[]> drawn = evaluator.draw(model);
        Map<String, Object> result =
            figures(checkpoint, evaluator.evaluate(model, manifest.step(), drawn));
        result.putAll(evaluator.further(drawn));
        if (agreement != null) {
          List<Image> originals = heldOut.images().stream().map(HeldOut::image).toList();
          result.putAll(agreement.scores(heldOut.captions(), painter.images(drawn), originals));
        }
        console().result(result);
      }
    }
  }

  private static Map<String, Object> figures(Path checkpoint, ReportData.Evaluation figures) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("checkpoint", checkpoint.toString());
    result.put("step", figures.step());
    result.put("nll", figures.nll());
    result.put("gva", figures.gva());
    result.put("kid", figures.kid());
    result.put("kid_deviation", figures.kidDeviation());
    result.put("kid_to_originals", figures.kidToOriginals());
    result.put("fid", figures.fid());
    result.put("images", figures.images());
    return result;
  }
}
