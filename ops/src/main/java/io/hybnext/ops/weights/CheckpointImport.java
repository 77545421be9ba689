package io.hybnext.ops.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.AtomicFolder;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.published.Hints;
import io.hybnext.model.published.Identified;
import io.hybnext.model.published.PublishedModels;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointView;
import io.hybnext.model.weights.ShardWriter;
import io.hybnext.model.weights.TensorEntry;
import io.hybnext.ops.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Brings a published checkpoint in: recognised, compared key by key, and written as {@code
 * config.json} and {@code model.safetensors} under the project's own key names. Tensors go from the
 * page cache to the file in pieces, whatever their size.
 *
 * @param source file, index or folder
 * @param kind what it holds; empty to tell it by its keys
 * @param settings the project's settings; empty for a {@code config.json} beside the source
 * @param imageSize side of the images, where neither weights nor settings tell it
 * @param type of floating tensors; empty to leave each as it is
 */
public record CheckpointImport(
    Path source,
    Optional<String> kind,
    Optional<Path> settings,
    OptionalInt imageSize,
    Optional<WeightType> type) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Writes a folder.
   *
   * @param folder does not exist, or is empty; after a failure it is as before
   * @return what was found and written, for people and scripts
   * @throws CommandFailure when settings are damaged or impossible, or the folder is used
   * @throws IOException when the checkpoint is damaged or of another model, or the disk fails
   */
  public Map<String, Object> write(Path folder) throws IOException {
    try (Checkpoint checkpoint = PublishedModels.open(source, kind)) {
      Optional<JsonNode> config = config();
      if (settings.isPresent() && config.isPresent()) {
        PublishedModels.checkRead(checkpoint, kind, config.get());
      }
      Identified found = PublishedModels.identify(checkpoint, kind, new Hints(config, imageSize));
      List<String> keys = found.check(checkpoint);
      Checkpoint view = new CheckpointView(checkpoint, keys, type.map(WeightType::type));
      AtomicFolder.write(
          folder,
          unfinished -> {
            ShardWriter.writeSingle(new NetworkFolder(unfinished).weights(), view);
            Files.write(
                unfinished.resolve(found.configFile()),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(found.config()));
            Companions.copy(folderOfSource(), unfinished);
          });
      return summary(found, checkpoint, view, folder);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(folder + " is not empty; give a new folder with --out", e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(source + ": " + e.getMessage(), e);
    }
  }

  private Path folderOfSource() {
    return Files.isDirectory(source) ? source : source.toAbsolutePath().getParent();
  }

  /** What {@code --config} names, or what lies beside the weights. */
  private Optional<JsonNode> config() throws IOException {
    Path folder = folderOfSource();
    Optional<Path> found =
        settings.or(
            () ->
                Stream.of(Identified.OPEN_CLIP_CONFIG, Identified.USUAL_CONFIG)
                    .map(folder::resolve)
                    .filter(Files::isRegularFile)
                    .findFirst());
    return found.isEmpty() ? Optional.empty() : Optional.of(SettingsFile.read(found.get()));
  }

  private static Map<String, Object> summary(
      Identified found, Checkpoint checkpoint, Checkpoint view, Path folder) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("kind", found.kind());
    values.put("model", found.description());
    values.put("tensors", view.names().size());
    values.put("parameters", view.entries().values().stream().mapToLong(TensorEntry::size).sum());
    values.put("bytes", view.entries().values().stream().mapToLong(TensorEntry::sizeBytes).sum());
    TreeSet<String> types = new TreeSet<>();
    view.entries().values().forEach(entry -> types.add(entry.type().name()));
    values.put("types", List.copyOf(types));
    List<String> left = checkpoint.names().stream().filter(name -> !view.contains(name)).toList();
    values.put("left_out", left);
    values.put("folder", folder.toString());
    return values;
  }
}
