package io.hybnext.model.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A case folder open for reading. Files are named without ending: {@code io}, {@code grads}, {@code
 * after3}. It remembers which tensors were asked for, so that the rest can be reported.
 */
final class ReferenceCase implements AutoCloseable {
  private static final String ENDING = ".safetensors";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What names of single numbers begin with in reports. */
  static final String EXPECTED = "expected/";

  private final Path folder;
  private final JsonNode config;
  private final JsonNode noise;
  private final JsonNode numbers;
  private final Map<String, SafetensorsFile> files = new TreeMap<>();
  private final Set<String> used = new HashSet<>();

  private ReferenceCase(Path folder, JsonNode config, JsonNode noise, JsonNode numbers) {
    this.folder = folder;
    this.config = config;
    this.noise = noise;
    this.numbers = numbers;
  }

  static ReferenceCase open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder + " is no folder; give the folder of a case");
    }
    ReferenceCase reference =
        new ReferenceCase(
            folder,
            json(folder.resolve("config.json")),
            optional(folder.resolve("noise.json")),
            optional(folder.resolve("expected.json")));
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.filter(p -> p.toString().endsWith(ENDING)).toList()) {
        String name = path.getFileName().toString();
        String stem = name.substring(0, name.length() - ENDING.length());
        reference.files.put(stem, SafetensorsFile.open(path));
      }
    } catch (IOException e) {
      reference.close();
      throw e;
    }
    return reference;
  }

  private static JsonNode optional(Path path) throws IOException {
    return Files.exists(path) ? json(path) : MissingNode.getInstance();
  }

  private static JsonNode json(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(path + " is missing; a case folder has a config.json");
    }
    try {
      return JSON.readTree(Files.readAllBytes(path));
    } catch (JsonProcessingException e) {
      throw new IOException(path + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  JsonNode config() {
    return config;
  }

  /** Stems of all safetensors files. */
  Set<String> fileNames() {
    return files.keySet();
  }

  /** Keys of a file; none when it is missing. */
  Set<String> keys(String file) {
    SafetensorsFile present = files.get(file);
    return present == null ? Set.of() : present.names();
  }

  boolean has(String file, String key) {
    return keys(file).contains(key);
  }

  /** A file that holds weights: its tensors are inputs, all of them. */
  SafetensorsFile weights(String file) throws IOException {
    SafetensorsFile weights = file(file);
    weights.names().forEach(key -> used.add(file + "/" + key));
    return weights;
  }

  private SafetensorsFile file(String file) throws IOException {
    SafetensorsFile present = files.get(file);
    if (present == null) {
      throw new IOException(folder.resolve(file + ENDING) + " is missing; the case is incomplete");
    }
    return present;
  }

  long[] shape(String file, String key) throws IOException {
    return file(file).entry(key).shape();
  }

  float[] floats(String file, String key) throws IOException {
    used.add(file + "/" + key);
    return file(file).floats(key);
  }

  long[] longs(String file, String key) throws IOException {
    used.add(file + "/" + key);
    return file(file).longs(key);
  }

  byte[] bytes(String file, String key) throws IOException {
    used.add(file + "/" + key);
    return file(file).bytes(key);
  }

  double[] doubles(String file, String key) throws IOException {
    used.add(file + "/" + key);
    return file(file).doubles(key);
  }

  /** Names of the single numbers in {@code expected.json}; none when it is missing. */
  Set<String> numbers() {
    Set<String> names = new TreeSet<>();
    numbers.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** One of {@link #numbers}. */
  double number(String name) {
    used.add(EXPECTED + name);
    return numbers.path(name).asDouble(Double.NaN);
  }

  /** Marks a tensor as known although nothing is compared with it. */
  void skip(String file, String key) {
    used.add(file + "/" + key);
  }

  /**
   * Largest distance of the reference's own fp32 run from the same computation in fp64, or 0 when
   * the case does not say: no other fp32 program can be held to less.
   */
  double noise(String file, String key) {
    return noise.path(file).path(key).path("max_abs_diff_fp32_vs_fp64").asDouble(0);
  }

  /**
   * Whether a tensor is zero but for rounding: its fp64 values are below the fp32 noise, as those
   * of a bias before a norm that takes it away again.
   */
  boolean vanishes(String file, String key) {
    double largest = noise.path(file).path(key).path("max_abs").asDouble(Double.MAX_VALUE);
    return largest < noise(file, key);
  }

  /** File and key of every tensor that nobody asked for. */
  List<String> unused() {
    List<String> names = new ArrayList<>();
    files.forEach((file, open) -> open.names().forEach(key -> names.add(file + "/" + key)));
    numbers().forEach(name -> names.add(EXPECTED + name));
    names.removeAll(used);
    return names;
  }

  @Override
  public void close() throws IOException {
    for (SafetensorsFile file : files.values()) {
      file.close();
    }
  }
}
