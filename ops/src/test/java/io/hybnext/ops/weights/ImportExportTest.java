package io.hybnext.ops.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.ops.Hybnext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands {@code import} and {@code export}, from their arguments to their files. */
class ImportExportTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("hybnext.root", "..")).resolve("tests/golden");

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(Object... arguments) {
    out.reset();
    err.reset();
    return Hybnext.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  private JsonNode result() throws IOException {
    String[] lines = out.toString(StandardCharsets.UTF_8).strip().split("\n");
    return new ObjectMapper().readTree(lines[lines.length - 1]);
  }

  private String failure() {
    return err.toString(StandardCharsets.UTF_8).strip();
  }

  @ParameterizedTest
  @CsvSource({
    "encoder-biomedclip, model, /open_clip, biomedclip, open_clip_config.json",
    "encoder-clip-l, model, '', clip, config.json",
    "encoder-medsam, model, '', sam-hf, config.json",
    "encoder-medsam, model_sam_original, '', sam, config.json"
  })
  void shouldImportEncodersAsTheEncoderFoldersAreRead(
      String name, String weights, String part, String kind, String configFile) throws IOException {
    JsonNode config =
        new ObjectMapper().readTree(GOLDEN.resolve(name).resolve("config.json").toFile());
    Path settings = Files.writeString(folder.resolve("c.json"), config.at(part).toString());
    Path source = GOLDEN.resolve(name).resolve(weights + ".safetensors");
    Path imported = folder.resolve("imported");
    boolean told = kind.startsWith("sam"); // by shapes
    Object[] plain = {"import", source, "--out", imported, "--json"};
    Object[] settled = {"import", source, "--out", imported, "--json", "--config", settings};
    if (told) {
      assertEquals(1, run(settled));
      assertTrue(failure().endsWith("tell all sizes themselves; leave --config out"), failure());
    }
    assertEquals(0, run(told ? plain : settled), failure());
    assertEquals(kind, result().path("kind").asText());
    assertTrue(Files.exists(imported.resolve(configFile)));
    try (VisionEncoder encoder =
        VisionEncoder.open(TorchEngine.start(ComputeDevice.CPU, 1), imported)) {
      assertEquals(kind.startsWith("sam") ? 24 : 32, encoder.featureDim());
    }
  }

  @Test
  void shouldNameEveryKeyThatDoesNotFitAndWriteNothing() throws IOException {
    Path source = folder.resolve("wrong.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Checkpoint golden = Checkpoint.open(GOLDEN.resolve("llamagen-c2i/model.safetensors"))) {
      for (String name : golden.names()) {
        if (name.equals("norm.weight")) {
          writer.floats(name, new float[63], 63);
        } else if (!name.equals("layers.1.attention.wo.weight") && !name.equals("output.weight")) {
          writer.addFrom(golden, name);
        }
      }
      writer.floats("layers.9.extra", new float[1], 1).write(source);
    }
    Path target = folder.resolve("target");
    Path config = GOLDEN.resolve("llamagen-c2i/config.json");
    assertEquals(1, run("import", source, "--config", config, "--out", target));
    String message = failure();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains("missing (2) "), message);
    assertTrue(message.contains("layers.1.attention.wo.weight[64, 64]"), message);
    assertTrue(message.contains("output.weight[256, 64]"), message);
    assertTrue(message.contains("extra (1) layers.9.extra"), message);
    assertTrue(message.contains("wrong shape (1) norm.weight[63] instead of [64]"), message);
    assertFalse(Files.exists(target));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "arra-llamagen/projector.safetensors | no checkpoint of a known kind",
        "llamagen-c2i/config.json | no sound safetensors file",
        "llamagen-c2i/absent.pt | no such file",
        "llamagen-c2i | not empty"
      })
  void shouldSayInOneSentenceWhatIsWrong(String source, String reason) throws IOException {
    Path target = folder.resolve("target");
    Files.createDirectories(target);
    if (reason.equals("not empty")) {
      Files.writeString(target.resolve("kept"), "mine");
    }
    assertEquals(1, run("import", GOLDEN.resolve(source), "--out", target));
    assertEquals(1, failure().lines().count(), failure());
    assertTrue(failure().contains(reason), failure());
    try (Stream<Path> left = Files.walk(folder)) {
      assertTrue(left.noneMatch(path -> path.toString().contains(".tmp")));
    }
  }

  /** What transformers loads is read here, too, with other shapes and the same values. */
  @Test
  void shouldExportNormsOfEveryHead() throws IOException {
    Path source = GOLDEN.resolve("chameleon-arra/model.safetensors");
    Path config = GOLDEN.resolve("chameleon-arra/config.json");
    Path imported = folder.resolve("imported");
    Path heads = folder.resolve("heads");
    assertEquals(0, run("import", source, "--config", config, "--out", imported), failure());
    assertEquals(0, run("export", imported, "--out", heads, "--head-norms"), failure());
    String norm = "model.layers.0.self_attn.k_norm.bias";
    try (Checkpoint before = Checkpoint.open(imported.resolve("model.safetensors"));
        Checkpoint after = Checkpoint.open(heads.resolve("model.safetensors"))) {
      assertEquals(before.names(), after.names());
      float[] one = before.floats(norm);
      int rows = (int) after.entry(norm).shape()[0];
      int channels = (int) after.entry(norm).shape()[1];
      int copies = rows * channels / one.length;
      assertTrue(rows > 1 && copies > 1, after.entry(norm).toString());
      for (int row = 0; row < rows; row++) {
        int from = row / copies * channels;
        assertArrayEquals(
            Arrays.copyOfRange(one, from, from + channels),
            Arrays.copyOfRange(after.floats(norm), row * channels, (row + 1) * channels));
      }
    }
    assertEquals(0, run("import", heads, "--out", folder.resolve("again"), "--json"), failure());
    assertEquals("chameleon", result().path("kind").asText());
    Path encoder = GOLDEN.resolve("encoder-clip-l/model.safetensors");
    assertEquals(1, run("export", encoder, "--out", folder.resolve("x"), "--head-norms"));
    assertTrue(failure().endsWith("it has no norms of queries and keys"), failure());
  }

  @Test
  void shouldRefuseSettingsOfAnotherKind() throws IOException {
    Path source = GOLDEN.resolve("llamagen-c2i/model.pt");
    Path config = GOLDEN.resolve("encoder-medsam/config.json");
    assertEquals(1, run("import", source, "--config", config, "--out", folder.resolve("target")));
    assertTrue(
        failure().endsWith("are not those of kind llamagen-c2i, which have n_head"), failure());
  }

  @Test
  void shouldSayInOneSentenceThatAShardIsTruncated() throws IOException {
    Path source = GOLDEN.resolve("llamagen-vq/model.safetensors");
    Path sharded = Files.createDirectories(folder.resolve("sharded"));
    Path shard = Files.copy(source, sharded.resolve("model-00001-of-00001.safetensors"));
    ObjectNode index = new ObjectMapper().createObjectNode();
    ObjectNode places = index.putObject("weight_map");
    try (Checkpoint whole = Checkpoint.open(source)) {
      whole.names().forEach(name -> places.put(name, shard.getFileName().toString()));
    }
    Files.writeString(sharded.resolve("model.safetensors.index.json"), index.toString());
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(whole, whole.length / 2));
    assertEquals(1, run("import", sharded, "--out", folder.resolve("target")));
    assertEquals(1, failure().lines().count(), failure());
    assertTrue(failure().contains(shard.getFileName().toString()), failure());
    assertFalse(Files.exists(folder.resolve("target")));
  }

  @Test
  void shouldSayWhatTheWeightsDoNotTell() throws IOException {
    Path alone = folder.resolve("c2i_L_384.pt");
    Files.copy(GOLDEN.resolve("llamagen-c2i/model.pt"), alone);
    assertEquals(1, run("import", alone, "--out", folder.resolve("target")));
    assertTrue(failure().contains("3 blocks of width 64, which is no published size"), failure());
    assertTrue(failure().contains("--config"), failure());
  }

  @Test
  void shouldConvertOnTheWay() throws IOException {
    Path half = folder.resolve("half");
    Path source = GOLDEN.resolve("llamagen-c2i/model.pt");
    assertEquals(0, run("import", source, "--dtype", "bf16", "--out", half, "--json"));
    assertEquals("[\"BF16\"]", result().path("types").toString());
    assertEquals(2 * result().path("parameters").asLong(), result().path("bytes").asLong());
  }

  @Test
  void shouldGiveLlamaGensLoaderTheBufferThatItAsksFor() throws IOException {
    Path alone = folder.resolve("vq.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Checkpoint golden = Checkpoint.open(GOLDEN.resolve("llamagen-vq/model.safetensors"))) {
      for (String name : golden.names()) {
        if (!name.equals("quantize.codebook_used")) {
          writer.addFrom(golden, name);
        }
      }
      writer.write(alone);
    }
    Path exported = folder.resolve("vq_ds16.pt");
    assertEquals(0, run("export", alone, "--out", exported), failure());
    try (Checkpoint written = Checkpoint.open(exported)) {
      assertArrayEquals(new float[65536], written.floats("quantize.codebook_used"));
    }
  }

  @Test
  void shouldKeepTheFilesThatBelongToWeights() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.copy(
        GOLDEN.resolve("qwen3-backbone/model.safetensors"), source.resolve("model.safetensors"));
    Files.writeString(source.resolve("tokenizer.json"), "{}");
    Path imported = folder.resolve("imported");
    Path exported = folder.resolve("exported");
    assertEquals(0, run("import", source, "--out", imported), failure());
    assertEquals(0, run("export", imported, "--out", exported), failure());
    assertEquals("{}", Files.readString(exported.resolve("tokenizer.json")));
  }

  @Test
  void shouldNotReplaceWhatIsThere() throws IOException {
    Path there = Files.writeString(folder.resolve("there.pt"), "mine");
    assertEquals(1, run("export", GOLDEN.resolve("llamagen-c2i"), "--out", there));
    assertTrue(failure().contains("exists already"), failure());
    assertEquals("mine", Files.readString(there));
  }
}
