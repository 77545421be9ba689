package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.ops.weights.WeightType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportBenchmarkTest {
  @TempDir Path folder;

  @Test
  void shouldImportWhatItMadeAndLeaveNothing() throws IOException {
    Map<String, Object> figures =
        new ImportBenchmark(folder, 1, 128, WeightType.BF16, WeightType.FP16).run();
    long parameters = (long) figures.get("parameters");
    assertTrue(parameters > 2 * 65536 * 128, "tokens and head alone: " + parameters);
    assertEquals(figures.get("read_mib"), figures.get("written_mib"));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void shouldRefuseSizesThatChameleonCannotHave() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImportBenchmark(folder, 1, 100, WeightType.BF16, WeightType.BF16));
  }
}
