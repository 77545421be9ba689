package io.hybnext.ops.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.ops.Hybnext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanCommandTest {
  private static final double GIB = 1L << 30;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("doctor", "plan"));
    all.addAll(List.of(arguments));
    return Hybnext.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        all.toArray(String[]::new));
  }

  private JsonNode plan(String... arguments) throws IOException {
    out.reset();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    assertEquals(0, run(all.toArray(String[]::new)), err::toString);
    return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
  }

  private static long bytes(JsonNode plan, String place, String name) {
    for (JsonNode item : plan.path("items")) {
      if (item.path("place").asText().equals(place) && item.path("name").asText().equals(name)) {
        return item.path("bytes").asLong();
      }
    }
    return 0;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"arra-base", "arra", "arra-adapt", "kelix", "demo", "bench", "tiny", "GPT-B"})
  void shouldPlanEveryPreset(String preset) throws IOException {
    JsonNode plan = plan("--preset", preset);
    assertEquals(preset, plan.path("preset").asText());
    long sum = 0;
    for (JsonNode item : plan.path("items")) {
      sum += item.path("bytes").asLong();
    }
    assertEquals(
        sum,
        plan.path("device_bytes").asLong()
            + plan.path("host_bytes").asLong()
            + plan.path("shared_bytes").asLong());
    assertEquals(4, plan.path("variants").size());
    assertTrue(plan.path("layers").size() > 3);
  }

  @Test
  void shouldFitTheFineTuningOfSevenBillionParametersOnOneDeviceAndASmallHost() throws IOException {
    JsonNode lora = plan("--preset", "arra", "--gpus", "1", "--lora", "true", "--memory-gib", "80");
    assertEquals(13.06, bytes(lora, "device", "frozen weights") / GIB, 0.01);
    assertTrue(lora.path("fits").asBoolean());
    assertTrue(lora.path("host_bytes").asLong() < 5 * GIB, () -> lora.path("items").toString());
    assertTrue(lora.path("largest_batch").asInt() >= 12);
    JsonNode whole = plan("--preset", "arra", "--gpus", "1");
    assertEquals(26.1, bytes(whole, "host", "weights") / GIB, 0.1);
    assertEquals(52.3, bytes(whole, "host", "optimiser") / GIB, 0.1);
  }

  @Test
  void shouldShareTheOptimiserOutOverTrainers() throws IOException {
    JsonNode one = plan("--preset", "arra", "--gpus", "1");
    JsonNode eight = plan("--preset", "arra", "--gpus", "8");
    double share = bytes(eight, "host", "optimiser") / (double) bytes(one, "host", "optimiser");
    assertEquals(2 / 8.0, share, 0.001); // each part has an owner and a deputy
    assertEquals(bytes(one, "host", "weights"), bytes(eight, "host", "weights"));
    assertTrue(bytes(eight, "shared", "exchange") > 0);
    assertEquals(0, bytes(one, "shared", "exchange"));
  }

  @Test
  void shouldKeepLessWhenActivationsAreComputedAgain() throws IOException {
    JsonNode kept = plan("--preset", "bench", "--recompute", "false");
    JsonNode again = plan("--preset", "bench", "--recompute", "true");
    assertTrue(4 * bytes(again, "device", "activations") < bytes(kept, "device", "activations"));
    JsonNode larger = plan("--preset", "bench", "--batch", "16");
    assertTrue(1.9 * bytes(kept, "device", "activations") < bytes(larger, "device", "activations"));
  }

  @Test
  void shouldTakeSettingsAsTrainDoes(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("own.conf");
    Files.writeString(file, "model { depth = 3, width = 64, heads = 4 }");
    JsonNode plan = plan("-c", file.toString(), "--set", "model.depth=4", "--precision", "fp32");
    int blocks = 0;
    for (JsonNode layer : plan.path("layers")) {
      blocks += layer.path("name").asText().startsWith("layers.") ? 1 : 0;
    }
    assertEquals(4, blocks);
  }

  @Test
  void shouldPrintTablesAndRefuseWhatCannotBe() {
    assertEquals(0, run("--preset", "arra", "--memory-gib", "24"));
    String text = out.toString(StandardCharsets.UTF_8);
    for (String part : List.of("it does not fit", "layers.0 to layers.31, each", "Host, each")) {
      assertTrue(text.contains(part), text);
    }
    assertEquals(2, run("--preset", "nothing"));
    assertEquals(2, run("--preset", "bench", "--batch", "0"));
    assertEquals(2, run("--preset", "arra", "--gpus", "9"));
    assertEquals(2, run("--preset", "arra", "--memory-gib", "-1"));
    assertEquals(2, run("--preset", "arra", "--prompt-tokens", "4000"));
    assertFalse(err.toString(StandardCharsets.UTF_8).contains("\tat "));
  }
}
