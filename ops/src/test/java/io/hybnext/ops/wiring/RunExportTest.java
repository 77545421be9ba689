package io.hybnext.ops.wiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.HostTensor;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.TensorType;
import io.hybnext.ops.Hybnext;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.batch.SnapshotId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code export} of a run and of its checkpoints. */
class RunExportTest {
  private static final SnapshotId SNAPSHOT = new SnapshotId("t", "e", List.of("train"), 1, 3, "f");

  @TempDir Path folder;
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path start;
  private Path run;

  @BeforeEach
  void writeStart() throws IOException {
    start = Files.createDirectory(folder.resolve("start"));
    run = folder.resolve("run");
    SmallStart.write(engine, start);
  }

  private int export(Object... arguments) {
    err.reset();
    PrintStream text = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Hybnext.run(
        text,
        text,
        false,
        Stream.concat(Stream.of("export"), Stream.of(arguments).map(Object::toString))
            .toArray(String[]::new));
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** A run with one checkpoint of weights that are all different from their beginnings. */
  private ArraTraining trained(HybnextSettings settings, int codes) throws IOException {
    RunFile file =
        new RunFile(
            "r", settings.toJson(), SNAPSHOT, codes, SmallStart.TOKENS, SmallStart.FEATURES);
    file.write(new RunFolder(run));
    TrainingConfig config = file.trainingConfig();
    ArraTraining training = new ArraTraining(engine, config);
    StartWeights.fill(training);
    SafetensorsWriter network = new SafetensorsWriter();
    SafetensorsWriter projector = new SafetensorsWriter();
    for (HostTensor tensor : training.tensors()) {
      float[] values = new float[tensor.data().remaining() / Float.BYTES];
      tensor.data().asFloatBuffer().get(values);
      for (int i = 0; i < values.length; i++) {
        values[i] += 0.01f * ((i * 37) % 101 - 50);
      }
      training.weights().set(tensor.name(), values);
      long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
      boolean aligned = CheckpointFiles.isProjector(training.layout(), tensor.name());
      (aligned ? projector : network).add(tensor.name(), TensorType.F32, shape, tensor::data);
    }
    Path checkpoint = Files.createDirectories(run.resolve("checkpoints/step-00000010"));
    network.write(checkpoint.resolve(CheckpointFiles.MODEL));
    projector.write(checkpoint.resolve(CheckpointFiles.PROJECTOR));
    return training;
  }

  private static void assertHolds(Path exported, List<HostTensor> tensors, float tolerance)
      throws IOException {
    try (Checkpoint written = Checkpoint.open(exported)) {
      assertEquals(tensors.size(), written.names().size());
      for (HostTensor tensor : tensors) {
        float[] expected = new float[tensor.data().remaining() / Float.BYTES];
        tensor.data().asFloatBuffer().get(expected);
        assertArrayEquals(expected, written.floats(tensor.name()), tolerance, tensor.name());
      }
    }
  }

  private static List<HostTensor> without(List<HostTensor> tensors, String prefix) {
    return tensors.stream().filter(tensor -> !tensor.name().startsWith(prefix)).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void shouldMergeAdaptersIntoTheNetworkTheyWereTrainedOn(String zeroed) throws IOException {
    HybnextSettings settings =
        SmallStart.settings(
            start, Map.of("lora.rank", "2", "lora.alpha", "3", "model.zero-image-head", zeroed));
    try (ArraTraining training = trained(settings, SmallStart.CODES)) {
      Path out = folder.resolve("out");
      assertEquals(0, export(run, "--out", out), said());
      assertHolds(out, training.mergedTensors(), 1e-5f);
      assertTrue(Files.isRegularFile(out.resolve("tokenizer.json")));
      JsonNode config = new ObjectMapper().readTree(out.resolve("config.json").toFile());
      assertEquals(32, config.path("hidden_size").asInt());
      assertEquals("float32", config.path("torch_dtype").asText());
      Path alone = folder.resolve("alone.pt");
      Path checkpoint = run.resolve("checkpoints/step-00000010");
      assertEquals(0, export(checkpoint, "--out", alone, "--no-projector"), said());
      assertHolds(alone, without(training.mergedTensors(), "adaptor."), 1e-5f);
    }
  }

  @Test
  void shouldWriteAdaptersAloneAsPeftNamesThem() throws IOException {
    HybnextSettings settings = SmallStart.settings(start, Map.of("lora.rank", "2"));
    try (ArraTraining training = trained(settings, SmallStart.CODES)) {
      Path out = folder.resolve("adapters");
      assertEquals(0, export(run, "--adapters", "--out", out), said());
      try (Checkpoint written = Checkpoint.open(out.resolve("adapter_model.safetensors"))) {
        String query = "model.layers.0.self_attn.q_proj.lora_A.weight";
        float[] expected = new float[2 * 32];
        training.weights().parameter(query).asFloatBuffer().get(expected);
        assertArrayEquals(expected, written.floats("base_model.model." + query));
        assertTrue(written.names().stream().noneMatch(name -> name.contains("adaptor.")));
      }
      JsonNode config = new ObjectMapper().readTree(out.resolve("adapter_config.json").toFile());
      assertEquals(2, config.path("r").asInt());
      assertEquals(2 * 7, config.path("target_modules").size());
      assertEquals(start.toString(), config.path("base_model_name_or_path").asText());
    }
  }

  @Test
  void shouldRefuseAdaptersOfARunWithoutAny() throws IOException {
    trained(SmallStart.settings(start, Map.of()), SmallStart.CODES).close();
    assertEquals(1, export(run, "--adapters", "--out", folder.resolve("adapters")));
    assertTrue(said().contains("holds no adapters"), said());
    assertFalse(Files.exists(folder.resolve("adapters")));
  }

  @Test
  void shouldMergeAdaptersOnRandomWeights() throws IOException {
    HybnextSettings settings =
        HybnextSettings.load(HybnextSettings.Source.profile(""))
            .with(
                Map.of(
                    "model.depth", "1", "model.width", "32", "model.heads", "2", "lora.rank", "2"));
    try (ArraTraining training = trained(settings, 64)) {
      Path out = folder.resolve("out.safetensors");
      assertEquals(0, export(run, "--out", out), said());
      assertHolds(out, without(training.mergedTensors(), "adaptor."), 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llamagen", "chameleon", "kelix"})
  void shouldWriteEveryNetworkWithSettingsThatItsKindIsReadBy(String network) throws IOException {
    HybnextSettings settings =
        HybnextSettings.load(HybnextSettings.Source.profile(""))
            .with(
                Map.of(
                    "model.network",
                    network,
                    "model.dropout",
                    "0",
                    "model.codes",
                    network.equals("kelix") ? "4" : "1",
                    "model.depth",
                    "1",
                    "model.width",
                    "32",
                    "model.heads",
                    "2"));
    try (ArraTraining training = trained(settings, 64)) {
      Path out = folder.resolve("out");
      assertEquals(0, export(run, "--out", out, "--projector"), said());
      assertHolds(out, training.tensors(), 0);
      Path again = folder.resolve("again");
      err.reset();
      PrintStream text = new PrintStream(err, true, StandardCharsets.UTF_8);
      assertEquals(
          0, Hybnext.run(text, text, false, "import", out.toString(), "--out", again.toString()));
      assertHolds(again, training.tensors(), 0);
      assertTrue(said().toLowerCase(java.util.Locale.ROOT).contains(network), said());
    }
  }

  @Test
  void shouldSayThatARunHasNoCheckpointYet() throws IOException {
    trained(SmallStart.settings(start, Map.of()), SmallStart.CODES).close();
    Files.move(run.resolve("checkpoints/step-00000010"), run.resolve("elsewhere"));
    assertEquals(1, export(run, "--out", folder.resolve("out")));
    assertTrue(said().contains("has no checkpoint yet"), said());
  }
}
