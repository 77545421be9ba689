package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo} on a few images with a small model: everything but the size is real. */
class SmallDemoTest {
  @TempDir Path folder;

  private HybnextProcess demo() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("demo", "--json", "--threads", "1"));
    arguments.addAll(List.of("--out", folder.resolve("demo").toString()));
    for (String setting :
        List.of(
            "data.source=" + folder.resolve("data/manifest.jsonl"),
            "model.depth=2",
            "model.width=32",
            "model.heads=2",
            "optimiser.warmup-steps=2",
            "training.steps=4",
            "training.checkpoint-every=1",
            "training.global-batch=8",
            "evaluation.images=4",
            "trainers.heap=256 MiB")) {
      arguments.addAll(List.of("--set", setting));
    }
    return new HybnextProcess(folder.resolve("errors.txt"), arguments);
  }

  @Test
  void shouldStopCleanlyAndGoOnToAReportOfEverything() throws Exception {
    SampleImages.copy(folder.resolve("data"), 24, 8);
    HybnextProcess first = demo();
    first.awaitStep(1);
    first.signal("TERM");
    JsonNode stopped = first.awaitResult();
    assertTrue(stopped.path("stopped").asBoolean(), stopped.toString());
    assertTrue(stopped.path("steps").asInt() >= 1, stopped.toString());

    JsonNode result = demo().awaitResult();
    assertEquals(4, result.path("steps").asInt(), result.toString());
    assertEquals(Math.log(1024), result.path("nll_untrained").asDouble(), 0.02);
    assertEquals(Math.log(1024), result.path("nll_last").asDouble(), 0.02); // four steps only
    assertTrue(
        result.path("gva_last").asDouble() < result.path("gva_first").asDouble(),
        result.toString());
    for (String figure : List.of("kid_first", "kid_last", "gva_first", "gva_last", "seconds")) {
      assertTrue(result.path(figure).isNumber(), figure + " in " + result);
    }
    Path page = Path.of(result.path("report").asText());
    assertTrue(Files.readString(page).contains("data:image/png;base64,"));
    JsonNode report = new ObjectMapper().readTree(page.resolveSibling("report.json").toFile());
    assertEquals(
        List.of("coordinator", "media driver", "trainer-0", "trainer-1"),
        report.path("processes").findValuesAsText("role").stream().sorted().toList());
    assertEquals(4, report.path("curve").size());
    List<Integer> shown = new ArrayList<>();
    report.path("evaluations").forEach(row -> shown.add(row.path("step").asInt()));
    assertEquals(0, shown.get(0));
    assertEquals(4, shown.get(shown.size() - 1));
    assertEquals(5, shown.size());
  }
}
