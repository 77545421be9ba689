package io.hybnext.ops.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.weights.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files in the layout of a released Chameleon checkpoint, of any size, whose weights are all zero:
 * sparse, so that they take hardly any disk, but are read as if they were full. With ARRA's
 * projector.
 */
final class SyntheticCheckpoint {
  private static final int FEATURES = 512; // of BioMedCLIP
  private static final ObjectMapper JSON = new ObjectMapper();

  private SyntheticCheckpoint() {}

  /**
   * Writes shards, their index and {@code config.json}.
   *
   * @param folder exists
   * @param type of all tensors
   * @param shards number of files
   * @return bytes of all tensors
   */
  static long write(Path folder, ChameleonConfig config, TensorType type, int shards)
      throws IOException {
    ParameterLayout layout = config.layout().withProjector(config.width(), FEATURES, false);
    List<Parameter> all =
        layout.buckets().stream().flatMap(bucket -> bucket.parameters().stream()).toList();
    long total = all.stream().mapToLong(p -> bytes(p, type)).sum();
    Map<String, String> places = new LinkedHashMap<>();
    int next = 0;
    long written = 0;
    for (int shard = 1; shard <= shards; shard++) {
      List<Parameter> part = new ArrayList<>();
      while (next < all.size() && (shard == shards || written < total * shard / shards)) {
        written += bytes(all.get(next), type);
        part.add(all.get(next++));
      }
      String name = String.format("model-%05d-of-%05d.safetensors", shard, shards);
      writeShard(folder.resolve(name), part, type);
      part.forEach(p -> places.put(p.name(), name));
    }
    Map<String, Object> index =
        Map.of("metadata", Map.of("total_size", total), "weight_map", places);
    Files.write(folder.resolve("model.safetensors.index.json"), JSON.writeValueAsBytes(index));
    Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(ChameleonJson.write(config)));
    return total;
  }

  private static long bytes(Parameter parameter, TensorType type) {
    return (long) parameter.length() * type.sizeBytes();
  }

  private static void writeShard(Path file, List<Parameter> part, TensorType type)
      throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Parameter parameter : part) {
      long begin = end;
      end += bytes(parameter, type);
      header.put(
          parameter.name(),
          Map.of(
              "dtype",
              type.name(),
              "shape",
              parameter.shape(),
              "data_offsets",
              List.of(begin, end)));
    }
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    json.writeBytes(JSON.writeValueAsBytes(header));
    while (json.size() % Long.BYTES != 0) {
      json.write(' ');
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (RandomAccessFile shard = new RandomAccessFile(file.toFile(), "rw")) {
      shard.write(length.putLong(json.size()).array());
      shard.write(json.toByteArray());
      shard.setLength(Long.BYTES + json.size() + end); // zeros that take no blocks
    }
  }
}
