package io.hybnext.ops.weights;

import io.hybnext.file.AtomicFile;
import io.hybnext.file.AtomicFolder;
import io.hybnext.model.published.Identified;
import io.hybnext.model.published.PublishedModels;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointView;
import io.hybnext.model.weights.ShardWriter;
import io.hybnext.model.weights.TensorEntry;
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
 * @param checkpoint a run's checkpoint, a folder that an import wrote, or a file
 * @param layout how files are cut and wrapped
 * @param type of floating tensors; empty to leave each as it is
 * @param shardBytes most bytes of tensors in a file of a sharded layout
 */
public record CheckpointExport(
    Path checkpoint, Layout layout, Optional<WeightType> type, long shardBytes) {

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
    try (Checkpoint source = PublishedModels.open(checkpoint, Optional.empty())) {
      String key = PublishedModels.torchKey(source);
      Checkpoint view = new CheckpointView(source, source.names(), type.map(WeightType::type));
      if (layout == Layout.SHARDED) {
        AtomicFolder.write(out, unfinished -> writeFolder(unfinished, view));
      } else {
        writeFile(out, view, key);
      }
      return summary(view, out);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(out + " exists already; give another name with --out", e);
    }
  }

  private void writeFolder(Path unfinished, Checkpoint view) throws IOException {
    ShardWriter.write(unfinished, view, shardBytes);
    for (String name : List.of(Identified.USUAL_CONFIG, Identified.OPEN_CLIP_CONFIG)) {
      if (Files.isRegularFile(checkpoint.resolve(name))) {
        Files.copy(checkpoint.resolve(name), unfinished.resolve(name));
      }
    }
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
