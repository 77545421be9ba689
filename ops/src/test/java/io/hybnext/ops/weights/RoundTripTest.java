package io.hybnext.ops.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.model.published.PublishedModels;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.ops.Hybnext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Import, export, import again: the same bytes, for every kind and every layout. */
class RoundTripTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("hybnext.root", "..")).resolve("tests/golden");

  /**
   * A golden checkpoint.
   *
   * @param part where its settings lie in {@code config.json}
   */
  private record Kind(String kind, String golden, String weights, String part) {}

  @TempDir Path folder;

  private static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("llamagen-c2i", "llamagen-c2i", "model.pt", ""),
        new Kind("llamagen-t2i", "llamagen-t2i", "model.pt", ""),
        new Kind("llamagen-vq", "llamagen-vq", "model.pt", ""),
        new Kind("chameleon-vq", "chameleon-vq", "model.safetensors", ""),
        new Kind("chameleon", "chameleon-arra", "model.safetensors", ""),
        new Kind("qwen3", "qwen3-backbone", "model.safetensors", ""),
        new Kind("kelix", "kelix-nbp", "model.safetensors", ""),
        new Kind("kelix-tok", "kelix-tok", "model.safetensors", "/tokenizer_config"),
        new Kind("biomedclip", "encoder-biomedclip", "model.safetensors", "/open_clip"),
        new Kind(
            "biomedclip-hf", "encoder-biomedclip", "model_hf.safetensors", "/transformers_port"),
        new Kind("clip", "encoder-clip-l", "model.safetensors", ""),
        new Kind("sam", "encoder-medsam", "model_sam_original.safetensors", ""),
        new Kind("sam-hf", "encoder-medsam", "model.safetensors", ""));
  }

  @Test
  void shouldCoverEveryKind() {
    Set<String> covered = kinds().map(Kind::kind).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(PublishedModels.kinds()), covered);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldComeBackByteEqual(Kind kind) throws IOException {
    JsonNode config =
        new ObjectMapper().readTree(GOLDEN.resolve(kind.golden).resolve("config.json").toFile());
    Path settings =
        Files.writeString(folder.resolve("settings.json"), config.at(kind.part).toString());
    Path source = GOLDEN.resolve(kind.golden).resolve(kind.weights);
    Path first = folder.resolve("first");
    boolean tellsAll = kind.kind.startsWith("sam"); // no settings beside such weights
    String told = importAs(tellsAll ? null : settings, source, first);
    assertEquals(kind.kind, new ObjectMapper().readTree(told).path("kind").asText());
    assertEqualTensors(source, first);
    for (String between : new String[] {"out.safetensors", "out.pt", "out"}) {
      Path exported = folder.resolve(between);
      Path second = folder.resolve("again-" + between);
      hybnext("export", first, "--out", exported, "--shard-mib", 1);
      importAs(tellsAll ? null : configOf(first), exported, second);
      for (Path file : new Path[] {configOf(first), first.resolve("model.safetensors")}) {
        assertArrayEquals(
            Files.readAllBytes(file),
            Files.readAllBytes(second.resolve(file.getFileName())),
            between + " " + file.getFileName());
      }
    }
  }

  /** By a settings file, or without one (null). */
  private static String importAs(Path settings, Path source, Path out) {
    return settings == null
        ? hybnext("import", source, "--out", out, "--json")
        : hybnext("import", source, "--config", settings, "--out", out, "--json");
  }

  private static Path configOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith("config.json"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void assertEqualTensors(Path original, Path imported) throws IOException {
    try (Checkpoint before = Checkpoint.open(original);
        Checkpoint after = Checkpoint.open(imported)) {
      for (String name : after.names()) {
        assertEquals(before.data(name), after.data(name), name);
      }
    }
  }

  private static String hybnext(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Hybnext.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    assertEquals(0, exitCode, err.toString(StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}
