package io.hybnext.ops.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.file.AtomicFile;
import io.hybnext.file.AtomicFolder;
import io.hybnext.model.lora.AdapterFile;
import io.hybnext.model.published.HeadNorms;
import io.hybnext.model.published.Identified;
import io.hybnext.model.published.PublishedModels;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointView;
import io.hybnext.model.weights.ShardWriter;
import io.hybnext.model.weights.TensorEntry;
import io.hybnext.model.weights.TensorType;
import io.hybnext.model.weights.TorchWriter;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes weights out in the layout of the project that they come from, under its key names.
 *
 * @param checkpoint a run, for its newest checkpoint, a run's checkpoint, a folder that an import
 *     wrote, or a file; a run's adapters are merged into its network
 * @param layout how files are cut and wrapped
 * @param type of floating tensors; empty to leave each as it is
 * @param shardBytes most bytes of tensors in a file of a sharded layout
 * @param projector whether a run's projector goes along; empty for what its project does: ARRA's
 *     Chameleons keep it, other loaders do not know it
 * @param headNorms whether a Chameleon's norms of queries and keys have a row a head, as
 *     transformers wants them, instead of what is stored
 */
public record CheckpointExport(
    Path checkpoint,
    Layout layout,
    Optional<WeightType> type,
    long shardBytes,
    Optional<Boolean> projector,
    boolean headNorms) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How weights lie in files. */
  public enum Layout {
    /** One safetensors file. */
    SAFETENSORS,
    /** A folder with safetensors files, an index and the settings. */
    SHARDED,
    /** One file as {@code torch.save} writes it. */
    TORCH;

    /** The layout that a name asks for: {@code .safetensors}, a PyTorch ending, or a folder. */
    public static Layout of(Path out) {
      String name = String.valueOf(out.getFileName());
      if (name.endsWith(".safetensors")) {
        return SAFETENSORS;
      }
      return name.matches(".*\\.(pt|pth|ckpt|bin)") ? TORCH : SHARDED;
    }
  }

  /**
   * Writes a file or folder.
   *
   * @param out does not exist, or is an empty folder; after a failure it is as before
   * @return what was written, for people and scripts
   * @throws CommandFailure when something is there already
   * @throws IOException when the checkpoint is damaged or no model known here, or the disk fails
   */
  public Map<String, Object> write(Path out) throws IOException {
    ExportSource from = ExportSource.of(checkpoint);
    try (Checkpoint stored = from.open(projector);
        Checkpoint source = headNorms ? HeadNorms.ofEveryHead(stored) : stored) {
      String key = PublishedModels.torchKey(source);
      Checkpoint view = new CheckpointView(source, source.names(), type.map(WeightType::type));
      if (layout == Layout.SHARDED) {
        AtomicFolder.write(out, unfinished -> writeFolder(unfinished, view, from));
      } else {
        writeFile(out, view, key);
      }
      return summary(view, out);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(out + " exists already; give another name with --out", e);
    }
  }

  /**
   * Writes a run's adapters alone, as Hugging Face's PEFT loads them.
   *
   * @param out a folder that does not exist or is empty
   * @return what was written
   * @throws CommandFailure when the run trains no adapters, or something is there already
   */
  public Map<String, Object> writeAdapters(Path out) throws IOException {
    if (layout != Layout.SHARDED) {
      throw new CommandFailure("--adapters writes a folder: give --out DIR");
    }
    ExportSource from = ExportSource.of(checkpoint);
    AdapterFile adapters = from.adapters();
    try (Checkpoint tensors = adapters.peft()) {
      Checkpoint view = new CheckpointView(tensors, tensors.names(), type.map(WeightType::type));
      AtomicFolder.write(
          out,
          unfinished -> {
            ShardWriter.writeSingle(unfinished.resolve("adapter_model.safetensors"), view);
            writeJson(
                unfinished.resolve("adapter_config.json"), adapters.peftConfig(from.baseName()));
          });
      return summary(view, out);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(out + " exists already; give another name with --out", e);
    }
  }

  private void writeFolder(Path unfinished, Checkpoint view, ExportSource from) throws IOException {
    ShardWriter.write(unfinished, view, shardBytes);
    Optional<ObjectNode> settings = from.settings();
    if (settings.isPresent()) {
      if (settings.get().has("architectures")) { // for transformers
        String name = typeOf(view).map(CheckpointExport::torchName).orElse("float32");
        settings.get().put("torch_dtype", name);
      }
      writeJson(unfinished.resolve(Identified.USUAL_CONFIG), settings.get());
    } else {
      for (String name : List.of(Identified.USUAL_CONFIG, Identified.OPEN_CLIP_CONFIG)) {
        if (Files.isRegularFile(from.folder().resolve(name))) {
          Files.copy(from.folder().resolve(name), unfinished.resolve(name));
        }
      }
    }
    Companions.copy(from.folder(), unfinished);
  }

  private static Optional<TensorType> typeOf(Checkpoint view) {
    return view.entries().values().stream()
        .map(TensorEntry::type)
        .filter(TensorType::isFloating)
        .findFirst();
  }

  private static String torchName(TensorType type) {
    return switch (type) {
      case BF16 -> "bfloat16";
      case F16 -> "float16";
      case F64 -> "float64";
      default -> "float32";
    };
  }

  private static void writeJson(Path file, ObjectNode json) throws IOException {
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  private void writeFile(Path out, Checkpoint view, String key) throws IOException {
    Path target = out.toAbsolutePath();
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(out.toString());
    }
    Files.createDirectories(target.getParent());
    if (layout == Layout.SAFETENSORS) {
      ShardWriter.writeSingle(target, view);
      return;
    }
    AtomicFile.write(target, unfinished -> TorchWriter.write(unfinished, key, view));
  }

  private Map<String, Object> summary(Checkpoint view, Path out) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("layout", layout.name().toLowerCase(java.util.Locale.ROOT));
    values.put("tensors", view.names().size());
    values.put("parameters", view.entries().values().stream().mapToLong(TensorEntry::size).sum());
    values.put("bytes", view.entries().values().stream().mapToLong(TensorEntry::sizeBytes).sum());
    values.put("written", out.toString());
    return values;
  }
}
