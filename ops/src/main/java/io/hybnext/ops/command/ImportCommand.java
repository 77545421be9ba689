package io.hybnext.ops.command;

import io.hybnext.model.published.PublishedModels;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.weights.CheckpointImport;
import io.hybnext.ops.weights.WeightType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import}: brings a published checkpoint in. */
@Command(
    name = "import",
    description =
        "Bring in a checkpoint that another project published: LlamaGen, Chameleon, Qwen3, Kelix,"
            + " their tokenizers, BioMedCLIP, SAM and MedSAM, CLIP.",
    footer = {
      "",
      "What the file holds is told by its keys and shapes; every missing, extra or misshaped key"
          + " is",
      "named. PyTorch files are read without running anything in them. Files of text tokenizers"
          + " and",
      "preprocessing that lie beside SRC are copied."
    })
public final class ImportCommand extends HybnextCommand {
  @Parameters(
      paramLabel = "SRC",
      description = "A .safetensors, .pt, .pth, .ckpt or .bin file, an *.index.json, or a folder.")
  private Path source;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "New folder for config.json and model.safetensors.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "T",
      description = "fp32, fp16 or bf16 for floating tensors (default: as they are).")
  private WeightType type;

  @Option(
      names = "--kind",
      paramLabel = "K",
      completionCandidates = Kinds.class,
      description = "What SRC holds, instead of telling it by its keys: ${COMPLETION-CANDIDATES}.")
  private String kind;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The project's own settings, refused where none are read (default: config.json beside"
              + " SRC).")
  private Path config;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description =
          "Side of the images, which LlamaGen's weights do not tell (default: 256,"
              + " or what the file's name says).")
  private Integer imageSize;

  /** What {@code --help} lists. */
  static final class Kinds implements Iterable<String> {
    @Override
    public java.util.Iterator<String> iterator() {
      return PublishedModels.kinds().iterator();
    }
  }

  @Override
  protected void run() throws IOException {
    want(
        kind == null || PublishedModels.kinds().contains(kind),
        "--kind",
        kind,
        "one of " + PublishedModels.kinds());
    want(imageSize == null || imageSize >= 1, "--image-size", imageSize, "at least 1");
    CheckpointImport work =
        new CheckpointImport(
            source,
            Optional.ofNullable(kind),
            Optional.ofNullable(config),
            imageSize == null ? OptionalInt.empty() : OptionalInt.of(imageSize),
            Optional.ofNullable(type));
    console().result(work.write(out));
  }
}
