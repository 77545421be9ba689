package io.hybnext.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.ops.metrics.MetricsText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class OpenMetricsTest {
  /** What the collector of OpenTelemetry, and Prometheus since release 2, ask for. */
  private static final String ASKED =
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_][a-z0-9_]*)(?:\\{(.*)\\})? (-?[0-9.]+(?:E-?[0-9]+)?|NaN|[+-]Inf)");
  private static final Pattern LABEL =
      Pattern.compile("([a-z_][a-z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\n\"])*)\",?");
  private static final Map<String, List<String>> ENDINGS =
      Map.of("counter", List.of("_total"), "gauge", List.of(""), "info", List.of("_info"));

  @TempDir Path folder;
  private RunStatus status;

  @BeforeEach
  void train() throws Exception {
    StoredRun run = new StoredRun(folder).train();
    run.note(StoredRun.START, StoredRun.finding(HealthState.DEGRADED));
    status = RunStatus.read(run.folder, StoredRun.START.plusSeconds(1));
  }

  /** Samples by name and labels; every line is held against OpenMetrics 1.0. */
  private static Map<String, Map<String, String>> parse(String text) {
    assertTrue(text.endsWith("\n# EOF\n"), "ends with its mark");
    Map<String, String> types = new HashMap<>();
    Map<String, Map<String, String>> samples = new HashMap<>();
    Set<String> seen = new HashSet<>();
    String family = "";
    for (String line : text.substring(0, text.length() - "# EOF\n".length()).split("\n", -1)) {
      if (line.startsWith("# TYPE ")) {
        List<String> words = List.of(line.split(" ", -1));
        family = words.get(2);
        assertTrue(seen.add(family), family + " comes twice");
        assertTrue(ENDINGS.containsKey(words.get(3)), line);
        types.put(family, words.get(3));
      } else if (line.startsWith("# UNIT ") || line.startsWith("# HELP ")) {
        assertEquals(family, List.of(line.split(" ", -1)).get(2), line);
      } else if (!line.isEmpty()) {
        Matcher sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        String of = family;
        assertTrue(
            ENDINGS.get(types.get(family)).stream()
                .anyMatch(ending -> sample.group(1).equals(of + ending)),
            line);
        Map<String, String> labels = new HashMap<>();
        String rest = sample.group(2) == null ? "" : sample.group(2);
        Matcher label = LABEL.matcher(rest);
        int end = 0;
        while (label.find() && label.start() == end) {
          assertEquals(null, labels.put(label.group(1), label.group(2)), line);
          end = label.end();
        }
        assertEquals(rest.length(), end, line);
        assertEquals(null, samples.put(line.substring(0, sample.start(3)), labels), line);
      }
    }
    return samples;
  }

  @Test
  void shouldBeOpenMetricsForWhoAsksForIt() {
    MetricsText.Format format = MetricsText.Format.accepted(ASKED);
    assertEquals(
        "application/openmetrics-text; version=1.0.0; charset=utf-8", format.contentType());
    String text = new String(MetricsText.of(status, format), StandardCharsets.UTF_8);
    Map<String, Map<String, String>> samples = parse(text);
    assertTrue(samples.size() > 30, text);
    Map<String, String> resource =
        samples.entrySet().stream()
            .filter(sample -> sample.getKey().startsWith("target_info"))
            .findFirst()
            .orElseThrow()
            .getValue();
    assertEquals("hybnext", resource.get("service_name"));
    assertEquals("0123456789", resource.get("service_instance_id"));
  }

  @Test
  void shouldBePrometheusForEverybodyElse() {
    for (String accept : List.of("", "text/html", "*/*", "text/plain;version=0.0.4")) {
      MetricsText.Format format = MetricsText.Format.accepted(accept);
      assertEquals("text/plain; version=0.0.4; charset=utf-8", format.contentType(), accept);
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void shouldHaveACollectorWhosePipelinesAreWhole() throws Exception {
    Path file = Path.of(System.getProperty("hybnext.root"), "ops/monitoring/otel-collector.yml");
    Map<String, Map<String, Object>> collector = new Yaml().load(Files.readString(file));
    var pipelines =
        (Map<String, Map<String, List<String>>>) collector.get("service").get("pipelines");
    assertEquals(Set.of("metrics", "logs"), pipelines.keySet());
    pipelines.forEach(
        (name, pipeline) -> {
          assertTrue(
              collector.get("receivers").keySet().containsAll(pipeline.get("receivers")), name);
          assertTrue(
              collector.get("exporters").keySet().containsAll(pipeline.get("exporters")), name);
        });
  }
}
