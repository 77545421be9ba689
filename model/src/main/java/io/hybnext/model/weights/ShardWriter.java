package io.hybnext.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Writes a checkpoint as {@code model.safetensors}, or, where that would become too long, as shards
 * with an index under the names that the transformers library uses.
 */
public final class ShardWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ShardWriter() {}

  /**
   * Writes the files; an index comes last.
   *
   * @param folder exists and holds none of these files
   * @param checkpoint its tensors are filled into shards in their order
   * @param shardBytes most bytes of tensors in a file, unless one tensor alone has more
   * @return the files
   */
  public static List<Path> write(Path folder, Checkpoint checkpoint, long shardBytes)
      throws IOException {
    List<List<String>> shards = cut(checkpoint, shardBytes);
    if (shards.size() == 1) {
      Path file = folder.resolve("model.safetensors");
      write(file, checkpoint, shards.get(0));
      return List.of(file);
    }
    List<Path> files = new ArrayList<>();
    ObjectNode index = JSON.createObjectNode();
    long total = checkpoint.entries().values().stream().mapToLong(TensorEntry::sizeBytes).sum();
    index.putObject("metadata").put("total_size", total);
    ObjectNode map = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      String name = String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
      shards.get(i).forEach(tensor -> map.put(tensor, name));
      files.add(folder.resolve(name));
      write(folder.resolve(name), checkpoint, shards.get(i));
    }
    Path file = folder.resolve("model.safetensors.index.json");
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
    files.add(file);
    return files;
  }

  private static List<List<String>> cut(Checkpoint checkpoint, long shardBytes) {
    List<List<String>> shards = new ArrayList<>();
    shards.add(new ArrayList<>());
    long filled = 0;
    for (TensorEntry entry : checkpoint.entries().values()) {
      if (filled > 0 && filled + entry.sizeBytes() > shardBytes) {
        shards.add(new ArrayList<>());
        filled = 0;
      }
      shards.get(shards.size() - 1).add(entry.name());
      filled += entry.sizeBytes();
    }
    return shards;
  }

  private static void write(Path file, Checkpoint checkpoint, Collection<String> names)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    for (String name : names) {
      writer.addFrom(checkpoint, name);
    }
    writer.write(file);
  }

  /** Writes all tensors of a checkpoint as one file, which is new as a whole or as before. */
  public static void writeSingle(Path file, Checkpoint checkpoint) throws IOException {
    write(file, checkpoint, checkpoint.names());
  }
}
