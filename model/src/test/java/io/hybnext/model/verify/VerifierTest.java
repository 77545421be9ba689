package io.hybnext.model.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says; module tests runs whole cases. */
class VerifierTest {
  private static final Path GOLDEN = Path.of(System.getProperty("hybnext.root"), "tests", "golden");

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @Test
  void shouldFailOnOneWrongNumberAndNameIt(@TempDir Path folder) throws IOException {
    copyPart(folder, "train_logits", 3, 0.01f);
    CaseReport report = new Verifier(engine, Precision.FP32).verify(folder);
    assertFalse(report.passed());
    assertEquals(
        List.of("io/train_logits"), report.failed().stream().map(TensorResult::name).toList());
    assertTrue(report.failed().get(0).remark().startsWith("element 3: want "));
  }

  @Test
  void shouldReportTensorsThatNoRuleCovers(@TempDir Path folder) throws IOException {
    copyPart(folder, "", 0, 0);
    CaseReport report = new Verifier(engine, Precision.FP32).verify(folder);
    assertTrue(report.passed(), report.summary());
    assertEquals(List.of("io/something_new"), report.notChecked());
  }

  @Test
  void shouldSayWhatIsWrongWithAFolder(@TempDir Path folder) throws IOException {
    Verifier verifier = new Verifier(engine, Precision.FP32);
    assertTrue(failure(verifier, folder.resolve("absent")).contains("is no folder"));
    assertTrue(failure(verifier, folder).contains("config.json is missing"));
    Files.writeString(folder.resolve("config.json"), "{");
    assertTrue(failure(verifier, folder).contains("is not JSON"));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mamba\"}");
    assertTrue(failure(verifier, folder).contains("of no known kind: want one of llamagen-c2i"));
    copy(GOLDEN.resolve("llamagen-c2i"), folder);
    Files.delete(folder.resolve("model.safetensors"));
    assertTrue(failure(verifier, folder).contains("model.safetensors is missing"));
    Files.write(folder.resolve("model.safetensors"), new byte[100]);
    assertTrue(failure(verifier, folder).contains("is no sound safetensors file"));
  }

  private static String failure(Verifier verifier, Path folder) {
    CaseReport report = verifier.verify(folder);
    assertFalse(report.passed());
    return report.failure().orElseThrow();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Inputs, logits and loss of a case, {@code delta} added to one element, and something new. */
  private static void copyPart(Path folder, String key, int element, float delta)
      throws IOException {
    copy(GOLDEN.resolve("llamagen-c2i"), folder);
    for (String name : List.of("grads", "after3", "after3_clip1")) {
      Files.delete(folder.resolve(name + ".safetensors"));
    }
    Path path = folder.resolve("io.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : List.of("cond_idx", "z_indices", "train_logits", "train_loss")) {
        TensorEntry entry = file.entry(name);
        ByteBuffer data = ByteBuffer.allocate((int) entry.sizeBytes());
        data.order(ByteOrder.LITTLE_ENDIAN).put(file.data(name)).flip();
        if (name.equals(key)) {
          data.putFloat(4 * element, data.getFloat(4 * element) + delta);
        }
        writer.add(name, entry.type(), entry.shape(), data::duplicate);
      }
    }
    if (key.isEmpty()) {
      writer.floats("something_new", new float[] {1}, 1);
    }
    writer.write(path);
  }
}
