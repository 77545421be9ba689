package io.hybnext.model.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A checkpoint cut into several files, with an index of which tensor lies where: {@code
 * {"weight_map": {tensor: file}}}, as the transformers library writes it. Shards lie beside their
 * index. All of them are open until this is closed.
 */
public final class ShardedCheckpoint implements Checkpoint {
  private static final int LONGEST_INDEX_BYTES = 64 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(8).maxNumberLength(32).build())
          .build();

  private final Path index;
  private final Map<String, Checkpoint> shards;
  private final Map<String, String> places;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();

  private ShardedCheckpoint(Path index, Map<String, Checkpoint> shards, Map<String, String> places)
      throws CheckpointException {
    this.index = index;
    this.shards = shards;
    this.places = places;
    List<String> defects = new ArrayList<>();
    places.forEach(
        (name, shard) -> {
          TensorEntry entry = shards.get(shard).entries().get(name);
          if (entry == null) {
            defects.add(shard + " lacks " + name);
          } else {
            entries.put(name, entry);
          }
        });
    shards.forEach(
        (shard, file) ->
            file.names().stream()
                .filter(name -> !shard.equals(places.get(name)))
                .forEach(name -> defects.add(shard + " has " + name + " beyond the index")));
    if (!defects.isEmpty()) {
      throw new CheckpointException(
          index + " and its shards do not belong together: " + String.join(", ", defects));
    }
  }

  /**
   * Opens an index and all of its shards.
   *
   * @throws CheckpointException when one is missing or damaged, or when index and shards disagree
   *     on the tensors; all differences are named
   */
  public static ShardedCheckpoint open(Path index) throws IOException {
    Map<String, String> places = read(index);
    Path folder = index.toAbsolutePath().getParent();
    List<String> missing =
        new TreeSet<>(places.values())
            .stream().filter(name -> !Files.isRegularFile(folder.resolve(name))).toList();
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          index + ": shards are missing beside it: " + String.join(", ", missing));
    }
    Map<String, Checkpoint> shards = new LinkedHashMap<>();
    try {
      for (String name : new TreeSet<>(places.values())) {
        shards.put(name, Checkpoint.open(folder.resolve(name)));
      }
      return new ShardedCheckpoint(index, shards, places);
    } catch (IOException | RuntimeException e) {
      closeAll(shards.values());
      throw e;
    }
  }

  private static Map<String, String> read(Path index) throws IOException {
    if (!Files.isRegularFile(index)) {
      throw new CheckpointException(index + ": no such file; check the path");
    }
    if (Files.size(index) > LONGEST_INDEX_BYTES) {
      throw new CheckpointException(index + " has " + Files.size(index) + " bytes, want 64 MiB");
    }
    Map<String, String> places = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(Files.readAllBytes(index))) {
      want(parser.nextToken() == JsonToken.START_OBJECT, index, "is no JSON object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean map = parser.currentName().equals("weight_map");
        parser.nextToken();
        if (map) {
          readMap(parser, index, places);
        } else {
          parser.skipChildren();
        }
      }
    } catch (JsonProcessingException e) {
      throw noJson(index, e.getOriginalMessage(), e);
    } catch (CharConversionException e) {
      throw noJson(index, e.getMessage(), e);
    }
    want(!places.isEmpty(), index, "has no weight_map that names tensors and their files");
    return places;
  }

  private static CheckpointException noJson(Path index, String reason, IOException cause) {
    return new CheckpointException(
        index + " is not the JSON of an index: " + reason.lines().findFirst().orElse(""), cause);
  }

  private static void readMap(JsonParser parser, Path index, Map<String, String> places)
      throws IOException {
    want(
        parser.currentToken() == JsonToken.START_OBJECT,
        index,
        "has a weight_map that is no object");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      want(parser.nextToken() == JsonToken.VALUE_STRING, index, "names a file that is no text");
      String file = parser.getText();
      want(
          file.matches("[A-Za-z0-9._-]{1,200}")
              && !file.endsWith(".index.json")
              && !file.matches("[.]+"),
          index,
          "names a file that is not a plain name of a shard beside it");
      places.put(name, file);
    }
  }

  private static void want(boolean ok, Path index, String defect) throws CheckpointException {
    if (!ok) {
      throw new CheckpointException(index + " " + defect);
    }
  }

  @Override
  public Path path() {
    return index;
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    entry(name);
    return shards.get(places.get(name)).data(name);
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    entry(name);
    shards.get(places.get(name)).stream(name, sink);
  }

  @Override
  public void close() throws IOException {
    closeAll(shards.values());
  }

  private static void closeAll(Iterable<Checkpoint> shards) throws IOException {
    for (Checkpoint shard : shards) {
      shard.close();
    }
  }
}
