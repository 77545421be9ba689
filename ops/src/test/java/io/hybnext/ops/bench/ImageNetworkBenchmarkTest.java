package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageNetworkBenchmarkTest {

  @Test
  void shouldRefuseImpossibleValuesBeforeAnythingIsLoaded() {
    assertThrows(
        IllegalArgumentException.class, () -> new ImageNetworkBenchmark("cpu", 0, "fp32", 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ImageNetworkBenchmark("cpu", 1, "fp8", 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ImageNetworkBenchmark("cpu", 1, "fp32", 0, 1));
  }

  @Test
  void shouldMeasureTheEncoderAtItsRealSize() {
    Map<String, Object> result =
        new ImageNetworkBenchmark("cpu", 1, "fp32", 1, 1).encode("biomedclip");
    assertEquals(
        List.of(
            "encoder",
            "device",
            "threads",
            "precision",
            "size",
            "batch",
            "batches",
            "images_per_s",
            "seconds",
            "cpu_s_per_image",
            "cpu_share",
            "peak_rss_mib"),
        List.copyOf(result.keySet()));
    assertEquals(224, result.get("size"));
    assertTrue((double) result.get("images_per_s") > 0);
  }
}
