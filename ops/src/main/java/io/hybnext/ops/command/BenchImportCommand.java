package io.hybnext.ops.command;

import io.hybnext.ops.bench.ImportBenchmark;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.weights.WeightType;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench import}. */
@Command(
    name = "import",
    description =
        "Import of a checkpoint in Chameleon-7B's layout, made here as sparse files: seconds and"
            + " peak memory.")
public final class BenchImportCommand extends HybnextCommand {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where files are written and deleted; default: ${DEFAULT-VALUE}.")
  private Path folder;

  @Option(names = "--blocks", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
  private int blocks;

  @Option(names = "--width", defaultValue = "4096", description = "Default: ${DEFAULT-VALUE}.")
  private int width;

  @Option(
      names = "--stored",
      paramLabel = "T",
      defaultValue = "bf16",
      description = "fp32, fp16 or bf16 in the checkpoint; default: ${DEFAULT-VALUE}.")
  private WeightType stored;

  @Option(
      names = "--dtype",
      paramLabel = "T",
      defaultValue = "bf16",
      description = "fp32, fp16 or bf16 of the import; default: ${DEFAULT-VALUE}.")
  private WeightType wanted;

  @Override
  protected void run() throws IOException {
    console()
        .result(checked(() -> new ImportBenchmark(folder, blocks, width, stored, wanted)).run());
  }
}
