package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.weights.CheckpointExport;
import io.hybnext.ops.weights.CheckpointExport.Layout;
import io.hybnext.ops.weights.WeightType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: takes weights out for the project that they come from. */
@Command(
    name = "export",
    description = "Write weights under the key names and in the layout of the original project.",
    footer = {
      "",
      "A run's checkpoint becomes one network: adapters are merged into what they were trained on.",
      "A folder also gets the settings in the original project's form, and tokenizer files."
    })
public final class ExportCommand extends HybnextCommand {
  private static final long MIB = 1L << 20;
  private static final long MOST_MIB = Long.MAX_VALUE / MIB;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description =
          "A run (its newest checkpoint), a run's checkpoint, a folder that import wrote, or a"
              + " file.")
  private Path checkpoint;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE|DIR",
      description = "New file (.safetensors, .pt, .pth, .ckpt, .bin) or folder.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "T",
      description = "fp32, fp16 or bf16 for floating tensors (default: as they are).")
  private WeightType type;

  @Option(
      names = "--layout",
      paramLabel = "L",
      description =
          "safetensors, sharded (a folder with index and settings) or torch (default: by the name"
              + " of --out).")
  private Layout layout;

  @Option(
      names = "--shard-mib",
      paramLabel = "MIB",
      defaultValue = "5000",
      description =
          "Most MiB of tensors in a file of a sharded layout (default: ${DEFAULT-VALUE}).")
  private long shardMib;

  @Option(
      names = "--projector",
      negatable = true,
      description =
          "With or without ARRA's projector, adaptor.* (default: with it for Chameleons, as ARRA"
              + " keeps it; without for others, whose loaders do not know it).")
  private Boolean projector;

  @Option(
      names = "--head-norms",
      description =
          "Chameleon's norms of queries and keys with a row a head, as transformers loads them"
              + " (default: as they are stored, which for ARRA's loader is a row a model shard).")
  private boolean headNorms;

  @Option(
      names = "--adapters",
      description =
          "Only the adapters of a run with lora.rank above 0, as a folder that PEFT loads:"
              + " adapter_model.safetensors and adapter_config.json.")
  private boolean adapters;

  @Override
  protected void run() throws IOException {
    want(shardMib >= 1 && shardMib <= MOST_MIB, "--shard-mib", shardMib, "1 to " + MOST_MIB);
    CheckpointExport work =
        new CheckpointExport(
            checkpoint,
            layout == null ? Layout.of(out) : layout,
            Optional.ofNullable(type),
            shardMib * MIB,
            Optional.ofNullable(projector),
            headNorms);
    console().result(adapters ? work.writeAdapters(out) : work.write(out));
  }
}
