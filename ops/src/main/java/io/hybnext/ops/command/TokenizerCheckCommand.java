package io.hybnext.ops.command;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.tokenizer.training.ReconstructionCheck;
import io.hybnext.model.tokenizer.training.SourceImage;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.tokenizer.ImageCollection;
import io.hybnext.ops.tokenizer.TokenizerTraining;
import io.hybnext.ops.wiring.Tokenizers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tokenizer check}. */
@Command(
    name = "check",
    description = "Reconstruction quality of a VQ tokenizer, by split: PSNR, SSIM, codes used.")
public final class TokenizerCheckCommand extends HybnextCommand {
  @Parameters(
      paramLabel = "TOKENIZER",
      description = "Folder with config.json and model.safetensors.")
  private Path tokenizerFolder;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with manifest.jsonl (fields image, split) and the images.")
  private Path data;

  @Option(
      names = "--split",
      split = ",",
      defaultValue = "val,test",
      paramLabel = "NAME",
      description = "Splits to measure (default: ${DEFAULT-VALUE}).")
  private List<String> splits;

  @Option(
      names = "--grid",
      paramLabel = "FILE",
      description = "PNG of originals above reconstructions, of the first split.")
  private Path grid;

  @Option(names = "--threads", defaultValue = "1", paramLabel = "N", description = "Threads.")
  private int threads;

  @Override
  protected void run() throws Exception {
    want(threads >= 1, "--threads", threads, "at least 1");
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, threads);
    Map<String, Object> values = new LinkedHashMap<>();
    try (VisualTokenizer tokenizer = Tokenizers.load(engine, tokenizerFolder)) {
      ImageCollection images = ImageCollection.read(data, tokenizer.codes().channels());
      values.put("fingerprint", tokenizer.fingerprint());
      values.put("data_sha256", images.sha256());
      values.put("tokens_per_image", tokenizer.codes().tokensPerImage());
      values.put("codes_per_position", tokenizer.codes().codes());
      values.put("codebook_size", tokenizer.codes().codebookSize());
      for (String split : splits) {
        values.putAll(measure(tokenizer, split, images.split(split)).figures(split + "_"));
      }
      if (grid != null) {
        TokenizerTraining.writeGrid(grid, tokenizer, images.split(splits.get(0)));
        values.put("grid", grid.toString());
      }
    }
    console().result(values);
  }

  private ReconstructionCheck measure(
      VisualTokenizer tokenizer, String split, List<SourceImage> images) {
    if (images.isEmpty()) {
      throw new CommandFailure(data + ": no image of split " + split + "; see --split");
    }
    return ReconstructionCheck.of(
        tokenizer, SourceImage.squares(images, tokenizer.codes().imageSize()));
  }
}
